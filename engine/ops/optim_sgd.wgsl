// One step of stochastic gradient descent, in place: g = grad + WEIGHT_DECAY * param;
// with momentum v = MOMENTUM * v + g, then param -= lr * (NESTEROV ? g + MOMENTUM * v : v); without, param -= lr * g.
// param, velocity, grad: any one shape; lr []. One invocation updates one vec4; workgroup 64. Padding stays 0,
// since all its terms are 0. No reduction: order-free. Source: torch.optim.SGD.
@group(0) @binding(0) var<storage, read_write> param: array<vec4<f32>>;
#if HAS_MOMENTUM
@group(0) @binding(1) var<storage, read_write> velocity: array<vec4<f32>>;
#end
@group(0) @binding(${HAS_MOMENTUM + 1}) var<storage, read> grad: array<vec4<f32>>;
@group(0) @binding(${HAS_MOMENTUM + 2}) var<storage, read> lr: array<vec4<f32>>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3<u32>, @builtin(num_workgroups) grid: vec3<u32>) {
  let i = gid.y * grid.x * 64u + gid.x;
  if (i >= arrayLength(&param)) { return; }
  let p = param[i];
  var g = grad[i];
#if HAS_DECAY
  g += ${WEIGHT_DECAY} * p;
#end
#if HAS_MOMENTUM
  let v = ${MOMENTUM} * velocity[i] + g;
  velocity[i] = v;
#if NESTEROV
  g += ${MOMENTUM} * v;
#else
  g = v;
#end
#end
  param[i] = p - lr[0].x * g;
}
