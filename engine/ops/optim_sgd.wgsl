// One step of stochastic gradient descent for PARAMETERS parameters, in place: g = grad + WEIGHT_DECAY * param;
// with momentum v = MOMENTUM * v + g, then param -= lr * (NESTEROV ? g + MOMENTUM * v : v); without, param -= lr * g.
// param0, velocity0, grad0: any one shape; param1, …: another; lr []. One invocation updates one vec4 of one
// parameter, of which the first come first; workgroup 64. Padding stays 0, since all its terms are 0.
// No reduction: order-free. Source: torch.optim.SGD.
#for k in 0..PARAMETERS
@group(0) @binding(${EACH * k}) var<storage, read_write> param${k}: array<vec4<f32>>;
#if HAS_MOMENTUM
@group(0) @binding(${EACH * k + 1}) var<storage, read_write> velocity${k}: array<vec4<f32>>;
#end
@group(0) @binding(${EACH * k + EACH - 1}) var<storage, read> grad${k}: array<vec4<f32>>;
#end
@group(0) @binding(${EACH * PARAMETERS}) var<storage, read> lr: array<vec4<f32>>;

#index id
  var i = id;
#for k in 0..PARAMETERS
  if (i < arrayLength(&param${k})) {
    let p = param${k}[i];
    var g = grad${k}[i];
#if HAS_DECAY
    g += ${WEIGHT_DECAY} * p;
#end
#if HAS_MOMENTUM
    let v = ${MOMENTUM} * velocity${k}[i] + g;
    velocity${k}[i] = v;
#if NESTEROV
    g += ${MOMENTUM} * v;
#else
    g = v;
#end
#end
    param${k}[i] = p - lr[0].x * g;
    return;
  }
  i -= arrayLength(&param${k});
#end
#end
