// Mean squared error of each token where a mask counts it, or the gradient of that by the prediction.
//   out[r] = mask[r] * mean over p of (a[r, p] - b[r, p])^2
//   GRAD: out[r, p] = dy[r] * mask[r] * 2 / P * (a[r, p] - b[r, p])
// a, b [R, P]; mask, dy, out without GRAD [R, 1]. One invocation owns one row, or writes one vec4 of the gradient;
// workgroup 64. Order of the sum: ascending p, fixed.
#input 0 a
#input 1 b
#input 2 mask
#if GRAD
#input 3 dy
#end
#output ${3 + GRAD} out

#index i < COUNT
#if GRAD
  let r = i / P4;
  set_out(i, dy(r).x * mask(r).x * ${TWO_OVER_P} * (a(i) - b(i)));
#else
  var total = vec4<f32>(0.0);
  for (var q = 0u; q < P4; q++) {
    let difference = a(i * P4 + q) - b(i * P4 + q);
    total += difference * difference;
  }
  set_out(i, vec4<f32>(mask(i).x * ((total.x + total.y) + (total.z + total.w)) * ${ONE_OVER_P}, 0.0, 0.0, 0.0));
#end
#end
