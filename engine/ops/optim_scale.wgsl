// out = factor * x for COUNT tensors. x0, out0: any one shape, N0 vec4s; x1, out1, …: others; factor [].
// One invocation computes one vec4 of one tensor, of which the first come first; workgroup 64. No reduction: order-free.
#for k in 0..COUNT
@group(0) @binding(${2 * k}) var<storage, read> x${k}: array<vec4<f32>>;
@group(0) @binding(${2 * k + 1}) var<storage, read_write> out${k}: array<vec4<f32>>;
#end
@group(0) @binding(${2 * COUNT}) var<storage, read> factor: array<vec4<f32>>;

#index id
  var i = id;
#for k in 0..COUNT
  if (i < N${k}) {
    out${k}[i] = x${k}[i] * factor[0].x;
    return;
  }
  i -= N${k};
#end
#end
