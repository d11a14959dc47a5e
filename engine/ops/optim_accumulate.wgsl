// Sums of gradients of PARAMETERS parameters, in place: sum += factor * grad, or where EACH is 1 sum = factor * sum.
// sum0, grad0: any one shape; sum1, …: another; factor []. One invocation updates one vec4 of one sum, of which the first
// come first; workgroup 64. No reduction: order-free.
#for k in 0..PARAMETERS
@group(0) @binding(${EACH * k}) var<storage, read_write> sum${k}: array<vec4<f32>>;
#if EACH > 1
@group(0) @binding(${EACH * k + 1}) var<storage, read> grad${k}: array<vec4<f32>>;
#end
#end
@group(0) @binding(${EACH * PARAMETERS}) var<storage, read> factor: array<vec4<f32>>;

#index id
  var i = id;
#for k in 0..PARAMETERS
  if (i < arrayLength(&sum${k})) {
#if EACH > 1
    sum${k}[i] += factor[0].x * grad${k}[i];
#else
    sum${k}[i] *= factor[0].x;
#end
    return;
  }
  i -= arrayLength(&sum${k});
#end
#end
