// The convolution of conv2d.wgsl for devices with workgroup memory, as an implicit matrix product:
//   y[p, o] = bias[o] + sum over steps k of xs[p, k] . ws[o, k],  p = (n, oy, ox), k = (ky, c, kx) in vec4s of channels
// x [N, H, W, C], w [O, KH, KW, C] (OHWI), y [N, OH, OW, O]; also the input gradient with turned weights, stride 1.
// A workgroup of 256 = TY x TX computes ROWS pixels x COLS channels, an invocation ROWS / TY x COLS / TX of them, four
// neighbours at a time. Four steps at a time lie in workgroup memory, ta[step][pixel] and tb[step][channel], slots
// permuted (by exclusive or) so that eight neighbouring invocations write and read different banks. Barriers: all
// invocations of a workgroup take the same branch.
// Order of summation: ky, c, kx by dot products of four, zeros outside the image: the bits are those of conv2d.wgsl.
#input 0 x reused
#input 1 w reused
#if BIAS
#input 2 bias
#end
#output ${BIAS + 2} y

var<workgroup> ta: array<vec4<f32>, ${4 * ROWS}>;
var<workgroup> tb: array<vec4<f32>, ${4 * COLS}>;

@compute @workgroup_size(256)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) grid: vec3<u32>,
  @builtin(local_invocation_index) u: u32,
) {
  let id = group.y * grid.x + group.x;
  if (id >= COUNT) { return; }
  let o0 = id % COL_BLOCKS * ${COLS}u;
  let p0 = id / COL_BLOCKS * ${ROWS}u;
  let tx = u % ${TX}u;
  let ty = u / ${TX}u;
  let q = u % 4u;
#for e in 0..ROWS / 64
  // The pixels that this invocation loads; addresses beyond the last are clamped, they are not stored.
  let at${e} = min(p0 + u / 4u + ${64 * e}u, ${PIXELS - 1}u);
  let ix${e} = i32(at${e} % ${OW}u * ${STRIDE}u) - ${PAD};
  let iy${e} = i32(at${e} / ${OW}u % ${OH}u * ${STRIDE}u) - ${PAD};
  let n${e} = at${e} / ${OW * OH}u * ${H}u;
#end
#for i in 0..ROWS / TY
#for j in 0..COLS / TX
  var c${i}_${j} = 0.0;
#end
#end
  for (var k0 = 0u; k0 < ${STEPS}u; k0 += 4u) {
    let k = k0 + q;
    let kx = k % ${KW}u;
    let ch = k / ${KW}u % ${C4}u;
    let ky = k / ${KW * C4}u;
#for e in 0..ROWS / 64
    {
      let i = u / 4u + ${64 * e}u;
      let column = ix${e} + i32(kx);
      let line = iy${e} + i32(ky);
      let inside = k < ${STEPS}u && column >= 0 && column < ${W} && line >= 0 && line < ${H};
      let pixel = (n${e} + u32(clamp(line, 0, ${H - 1}))) * ${W}u + u32(clamp(column, 0, ${W - 1}));
      ta[q * ${ROWS}u + i % 4u * ${ROWS / 4}u + ((i / 4u) ^ (2u * q + i % 2u))] =
        select(vec4<f32>(0.0), x(pixel * ${C4}u + ch), inside);
    }
#end
#for e in 0..(COLS + 63) / 64
    if (u + ${256 * e}u < ${4 * COLS}u) {
      let j = u / 4u + ${64 * e}u;
      let tap = min(ky, ${KH - 1}u) * ${KW}u + kx;
      let value = w((min(o0 + j, ${O - 1}u) * ${KH * KW}u + tap) * ${C4}u + ch);
      tb[q * ${COLS}u + j % 4u * ${COLS / 4}u + ((j / 4u) ^ (2u * q + j % 2u))] =
        select(vec4<f32>(0.0), value, k < ${STEPS}u);
    }
#end
    workgroupBarrier();
    for (var t = 0u; t < 4u; t++) {
#for j in 0..COLS / TX
      let b${j} = tb[t * ${COLS}u + ${j % 4 * (COLS / 4)}u + ((tx + ${j / 4 * TX}u) ^ (2u * t + ${j % 2}u))];
#end
#for i in 0..ROWS / TY
      let a${i} = ta[t * ${ROWS}u + ${i % 4 * (ROWS / 4)}u + ((ty + ${i / 4 * TY}u) ^ (2u * t + ${i % 2}u))];
#for j in 0..COLS / TX
      c${i}_${j} += dot(a${i}, b${j});
#end
#end
    }
    workgroupBarrier();
  }
#for j in 0..COLS / TX / 4
  {
    let o4 = o0 / 4u + tx + ${TX * j}u;
    if (o4 < ${O4}u) {
      var keep = vec4<f32>(1.0);
#if O % 4
      keep = select(vec4<f32>(0.0), keep, vec4<u32>(0u, 1u, 2u, 3u) + 4u * o4 < vec4<u32>(${O}u));
#end
#if BIAS
      let shift = bias(o4);
#else
      let shift = vec4<f32>(0.0);
#end
#for i in 0..ROWS / TY
      {
        let p = p0 + 4u * ty + ${i / 4 * (4 * TY) + i % 4}u;
        if (p < ${PIXELS}u) {
          let sum = vec4<f32>(c${i}_${4 * j}, c${i}_${4 * j + 1}, c${i}_${4 * j + 2}, c${i}_${4 * j + 3});
          set_y(p * ${O4}u + o4, sum * keep + shift);
        }
      }
#end
    }
  }
#end
}
