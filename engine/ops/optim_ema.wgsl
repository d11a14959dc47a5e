// Exponential moving averages of PARAMETERS parameters, in place: shadow += weight * (param - shadow),
// weight = 1 - decay. In this form a shadow that equals its parameter stays equal, whatever the rounding of weight.
// shadow0, param0: any one shape; shadow1, …: another; weight []. One invocation updates one vec4 of one shadow, of
// which the first come first; workgroup 64. No reduction: order-free.
#for k in 0..PARAMETERS
@group(0) @binding(${2 * k}) var<storage, read_write> shadow${k}: array<vec4<f32>>;
@group(0) @binding(${2 * k + 1}) var<storage, read> param${k}: array<vec4<f32>>;
#end
@group(0) @binding(${2 * PARAMETERS}) var<storage, read> weight: array<vec4<f32>>;

#index id
  var i = id;
#for k in 0..PARAMETERS
  if (i < arrayLength(&shadow${k})) {
    let old = shadow${k}[i];
    shadow${k}[i] = old + weight[0].x * (param${k}[i] - old);
    return;
  }
  i -= arrayLength(&shadow${k});
#end
#end
