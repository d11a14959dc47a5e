// A loss over a few logits of each example, or its gradient, from logits z [B, C] and one or two classes per example:
//   loss[b] = SIGN * (z[a] - z[o]) / D, a the first class; o the second one, or the largest but a
//   DENOMINATOR 0: D = 1; 1: D = z(1) - z(3); 2: D = z(1) - (z(3) + z(4)) / 2; in 1 and 2 a D of 0 counts as 1
//   FLOORED: D + 1e-12, computed as max(D, 1e-12): a compiler may reorder the sum, which loses the 1e-12
//   NaN where RANKED (all logits are read) and a logit is not finite
//   GRAD: dz[b, c] = dloss[b] * SIGN * (([c == a] - [c == o]) / D - (z[a] - z[o]) / D^2 * dD/dz[c])
// z(r) is the r-th largest; among equals the one of the lowest class comes first. One invocation owns one example and
// finds the four largest in one pass in ascending order of classes; workgroup 64. Nothing is summed over classes.
#input 0 logits
@group(0) @binding(1) var<storage, read> first: array<u32>;
#if INDICES == 2
@group(0) @binding(2) var<storage, read> second: array<u32>;
#end
#if GRAD
#input ${1 + INDICES} dloss
#end
#output ${1 + INDICES + GRAD} out

const LANES = vec4<u32>(0u, 1u, 2u, 3u);

fn logit(b: u32, c: u32) -> f32 {
  return logits(b * C4 + c / 4u)[c % 4u];
}

fn hit(lanes: vec4<u32>, c: u32) -> vec4<f32> {
  return select(vec4<f32>(0.0), vec4<f32>(1.0), lanes == vec4<u32>(c));
}

#index b < B
  let a = first[b];
#if RANKED
  var z = vec4<f32>(-3.0e38);
  var p = vec4<u32>(0u);
  var magnitude = vec4<u32>(0u);
  for (var q = 0u; q < C4; q++) {
    let values = logits(b * C4 + q);
    magnitude = max(magnitude, magnitudes(values));
    for (var lane = 0u; lane < 4u; lane++) {
      let v = values[lane];
      let c = 4u * q + lane;
      if (c < C && v > z.w) {
        if (v > z.x) {
          z = vec4<f32>(v, z.xyz);
          p = vec4<u32>(c, p.xyz);
        } else if (v > z.y) {
          z = vec4<f32>(z.x, v, z.yz);
          p = vec4<u32>(p.x, c, p.yz);
        } else if (v > z.z) {
          z = vec4<f32>(z.xy, v, z.z);
          p = vec4<u32>(p.xy, c, p.z);
        } else {
          z = vec4<f32>(z.xyz, v);
          p = vec4<u32>(p.xyz, c);
        }
      }
    }
  }
#end
#if INDICES == 2
  let o = second[b];
#else
  let o = select(p.x, p.y, p.x == a);
#end
  let n = logit(b, a) - logit(b, o);
#if DENOMINATOR == 0
  let d = 1.0;
#end
#if DENOMINATOR == 1
  let spread = z.x - z.z;
#end
#if DENOMINATOR == 2
  let spread = z.x - 0.5 * (z.z + z.w);
#end
#if DENOMINATOR > 0
#if FLOORED
  let d = max(spread, 1.0e-12);
#else
  let d = select(spread, 1.0, spread == 0.0);
#end
#end
#if NEGATED
  let ratio = -n / d;
#else
  let ratio = n / d;
#end
#if GRAD
#if NEGATED
  let g = -dloss(b).x / d;
#else
  let g = dloss(b).x / d;
#end
#if DENOMINATOR > 0
#if FLOORED
  let h = -dloss(b).x * ratio / d;
#else
  let h = select(-dloss(b).x * ratio / d, 0.0, spread == 0.0);
#end
#end
  for (var q = 0u; q < C4; q++) {
    let lanes = LANES + 4u * q;
    var dz = g * (hit(lanes, a) - hit(lanes, o));
#if DENOMINATOR == 1
    dz += h * (hit(lanes, p.x) - hit(lanes, p.z));
#end
#if DENOMINATOR == 2
    dz += h * (hit(lanes, p.x) - 0.5 * (hit(lanes, p.z) + hit(lanes, p.w)));
#end
    set_out(b * C4 + q, select(vec4<f32>(0.0), dz, lanes < vec4<u32>(C)));
  }
#else
#if RANKED
  let largest = largest_magnitude(magnitude);
  let loss = select(ratio, bitcast<f32>(largest | 0x7fc00000u), kind_of(largest) == 2u);
#else
  let loss = ratio;
#end
  set_out(b, vec4<f32>(loss, 0.0, 0.0, 0.0));
#end
#end
