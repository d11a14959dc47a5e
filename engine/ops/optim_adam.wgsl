// One step of Adam for PARAMETERS parameters, in place. g = grad (+ WEIGHT_DECAY * param if not DECOUPLED);
//   m = BETA1 * m + (1 - BETA1) * g;  v = BETA2 * v + (1 - BETA2) * g * g;
//   param = param * (1 - lr * WEIGHT_DECAY if DECOUPLED) - stepSize * m / (sqrt(v) * invRootCorrection + EPS)
// param0, m0, v0, grad0: any one shape; param1, …: another. scalars [3], from the host in float64, since 1 - beta^t
// loses all its digits in float32: stepSize = lr / (1 - BETA1^t), invRootCorrection = 1 / sqrt(1 - BETA2^t), lr;
// t counts from 1. One invocation updates one vec4 of one parameter, of which the first come first; workgroup 64.
// Padding stays 0, since EPS > 0. No reduction: order-free. Source: torch.optim.Adam, torch.optim.AdamW.
#for k in 0..PARAMETERS
@group(0) @binding(${4 * k}) var<storage, read_write> param${k}: array<vec4<f32>>;
@group(0) @binding(${4 * k + 1}) var<storage, read_write> m${k}: array<vec4<f32>>;
@group(0) @binding(${4 * k + 2}) var<storage, read_write> v${k}: array<vec4<f32>>;
@group(0) @binding(${4 * k + 3}) var<storage, read> grad${k}: array<vec4<f32>>;
#end
@group(0) @binding(${4 * PARAMETERS}) var<storage, read> scalars: array<vec4<f32>>;

#index id
  var i = id;
  let s = scalars[0];
#for k in 0..PARAMETERS
  if (i < arrayLength(&param${k})) {
    var p = param${k}[i];
    var g = grad${k}[i];
#if HAS_DECAY
#if DECOUPLED
    p *= 1.0 - s.z * ${WEIGHT_DECAY};
#else
    g += ${WEIGHT_DECAY} * p;
#end
#end
    let first = ${BETA1} * m${k}[i] + ${REST1} * g;
    let second = ${BETA2} * v${k}[i] + ${REST2} * g * g;
    m${k}[i] = first;
    v${k}[i] = second;
    param${k}[i] = p - s.x * first / (sqrt(second) * s.y + ${EPS});
    return;
  }
  i -= arrayLength(&param${k});
#end
#end
