// Rows divided by their length, or the gradient of that. n = max(sqrt(sum of x[r, :]^2), EPS)
//   out[r, :] = x[r, :] / n
//   GRAD: out[r, :] = (dy[r, :] - y (y . dy[r, :])) / n with y = x[r, :] / n; where the length is below EPS, dy[r, :] / EPS
// x, dy, out [R, C]. One invocation owns one row, so the order of its sums is fixed; workgroup 64.
#input 0 x reused
#if GRAD
#input 1 dy reused
#end
#output ${1 + GRAD} out

#index r < R
  var squares = vec4<f32>(0.0);
#if GRAD
  var products = vec4<f32>(0.0);
#end
  for (var q = 0u; q < C4; q++) {
    let value = x(r * C4 + q);
    squares += value * value;
#if GRAD
    products += value * dy(r * C4 + q);
#end
  }
  let length = sqrt((squares.x + squares.y) + (squares.z + squares.w));
  let inverse = 1.0 / max(length, ${EPS});
#if GRAD
  let along = select(0.0, ((products.x + products.y) + (products.z + products.w)) * inverse, length > ${EPS});
#end
  for (var q = 0u; q < C4; q++) {
#if GRAD
    set_out(r * C4 + q, (dy(r * C4 + q) - x(r * C4 + q) * inverse * along) * inverse);
#else
    set_out(r * C4 + q, x(r * C4 + q) * inverse);
#end
  }
#end
