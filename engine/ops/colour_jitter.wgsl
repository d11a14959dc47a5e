// Changes brightness, contrast, saturation and hue in a random order per image, with probability PROBABILITY.
//   brightness f p, contrast f p + (1-f) mean luma of the image, saturation f p + (1-f) luma(p), each clipped to [0, 1];
//   hue: shifted by f turns at the same saturation and value (HSV)
// The mean is that of the image as it is when contrast's turn comes, so there are two passes: up to contrast, into
// `out`, with the sum of grey levels; then from contrast on, each invocation over the pixels it wrote itself.
// One workgroup of 64 owns one image, pixels in turn; partial sums are added in the order of the invocations.
// Words of block 0: x decides, y is the order; of block 1: the four factors. Values outside [0, 1] are clipped first.
@group(0) @binding(3) var<storage, read_write> out: array<vec4<f32>>;
const CONTRAST = 1u;
const LIMIT = vec4<f32>(1.0, 1.0, 1.0, 0.0);
var<workgroup> partial: array<f32, 64>;

// Permutation `index` of brightness 0, contrast 1, saturation 2, hue 3: four nibbles, the first one lowest.
fn order_of(index: u32) -> u32 {
  var left = 0x3210u;
  var order = 0u;
  var rest = index;
  for (var turn = 0u; turn < 4u; turn++) {
    let shift = 4u * (rest % (4u - turn));
    rest /= 4u - turn;
    order |= ((left >> shift) & 0xfu) << (4u * turn);
    let below = (1u << shift) - 1u;
    left = (left & below) | ((left >> 4u) & ~below);
  }
  return order;
}

// Colour by value v, chroma c and hue h in turns: v - c max(0, min(k, 4 - k, 1)), k = (n + 6 h) mod 6, n = 5, 3, 1.
fn shift_hue(pixel: vec4<f32>, turns: f32) -> vec4<f32> {
  let value = max(pixel.x, max(pixel.y, pixel.z));
  let chroma = value - min(pixel.x, min(pixel.y, pixel.z));
  if (turns == 0.0 || chroma == 0.0) { return pixel; }
  var sixths = (pixel.x - pixel.y) / chroma + 4.0;
  if (value == pixel.x) {
    sixths = (pixel.y - pixel.z) / chroma;
  } else if (value == pixel.y) {
    sixths = (pixel.z - pixel.x) / chroma + 2.0;
  }
  let k = vec4<f32>(5.0, 3.0, 1.0, 0.0) + sixths + 6.0 * turns;
  let wrapped = k - 6.0 * floor(k / 6.0);
  return LIMIT * (value - chroma * clamp(min(wrapped, 4.0 - wrapped), vec4<f32>(0.0), vec4<f32>(1.0)));
}

fn adjust(pixel: vec4<f32>, what: u32, factors: vec4<f32>, mean: f32) -> vec4<f32> {
  var other = 0.0;
  var factor = factors.x;
  switch what {
    case 0u: {}
    case 1u: { other = mean; factor = factors.y; }
    case 2u: { other = luma(pixel); factor = factors.z; }
    default: { return shift_hue(pixel, factors.w); }
  }
  return clamp(factor * pixel + (1.0 - factor) * other, vec4<f32>(0.0), LIMIT);
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) wid: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
  @builtin(num_workgroups) grid: vec3<u32>,
) {
  let b = wid.y * grid.x + wid.x;
  let first = b * (H * W) + lane;
  var end = (b + 1u) * (H * W);
  if (b >= B) { end = 0u; }
  let bits = draw(min(b, max(B, 1u) - 1u), 0u);
  let words = draw(min(b, max(B, 1u) - 1u), 1u);
  let uniforms = vec4<f32>(uniform01(words.x), uniform01(words.y), uniform01(words.z), uniform01(words.w));
  let factors = ${LOW} + uniforms * ${SPAN};
  let applied = uniform01(bits.x) < ${PROBABILITY};
  let order = order_of(philox_mul(bits.y, 24u).x);
  var before = 0u;
  while (((order >> (4u * before)) & 0xfu) != CONTRAST) { before++; }

  var sum = 0.0;
  for (var i = first; i < end; i += 64u) {
    var pixel = images(i);
    if (applied) {
      pixel = clamp(pixel, vec4<f32>(0.0), LIMIT);
      for (var turn = 0u; turn < before; turn++) { pixel = adjust(pixel, (order >> (4u * turn)) & 0xfu, factors, 0.0); }
      sum += luma(pixel);
    }
    out[i] = pixel;
  }
  partial[lane] = sum;
  workgroupBarrier();
  var mean = 0.0;
  for (var k = 0u; k < 64u; k++) { mean += partial[k]; }
  mean /= f32(H * W);
  if (!applied) { return; }
  for (var i = first; i < end; i += 64u) {
    var pixel = out[i];
    for (var turn = before; turn < 4u; turn++) { pixel = adjust(pixel, (order >> (4u * turn)) & 0xfu, factors, mean); }
    out[i] = pixel;
  }
}
