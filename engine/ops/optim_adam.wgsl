// One step of Adam, in place. g = grad (+ WEIGHT_DECAY * param if not DECOUPLED);
//   m = BETA1 * m + (1 - BETA1) * g;  v = BETA2 * v + (1 - BETA2) * g * g;
//   param = param * (1 - lr * WEIGHT_DECAY if DECOUPLED) - stepSize * m / (sqrt(v) * invRootCorrection + EPS)
// param, m, v, grad: any one shape. scalars [3], from the host in float64, since 1 - beta^t loses all its digits in
// float32: stepSize = lr / (1 - BETA1^t), invRootCorrection = 1 / sqrt(1 - BETA2^t), lr; t counts from 1.
// One invocation updates one vec4; workgroup 64. Padding stays 0, since EPS > 0. No reduction: order-free.
// Source: torch.optim.Adam, torch.optim.AdamW.
@group(0) @binding(0) var<storage, read_write> param: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> m: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> v: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> grad: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read> scalars: array<vec4<f32>>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3<u32>, @builtin(num_workgroups) grid: vec3<u32>) {
  let i = gid.y * grid.x * 64u + gid.x;
  if (i >= arrayLength(&param)) { return; }
  let s = scalars[0];
  var p = param[i];
  var g = grad[i];
#if HAS_DECAY
#if DECOUPLED
  p *= 1.0 - s.z * ${WEIGHT_DECAY};
#else
  g += ${WEIGHT_DECAY} * p;
#end
#end
  let first = ${BETA1} * m[i] + ${REST1} * g;
  let second = ${BETA2} * v[i] + ${REST2} * g * g;
  m[i] = first;
  v[i] = second;
  param[i] = p - s.x * first / (sqrt(second) * s.y + ${EPS});
}
