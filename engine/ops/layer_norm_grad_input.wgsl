// Gradient of layer normalisation with respect to x [ROWS, C], from stats [ROWS, 2] = (mean, rstd):
//   dx = rstd * (h - (sum of h) / C - xhat * (sum of h * xhat) / C), h = dy * gamma, xhat = (x - mean) * rstd
// One invocation owns one row; workgroup 64. Order: ascending c, fixed. The padding of h is zero.
#input 0 x
#input 1 gamma
#input 2 stats
#input 3 dy
#output 4 dx

const LANES = vec4<u32>(0u, 1u, 2u, 3u);

#index row < ROWS
  let first = row * C4;
  let mean = stats(row).x;
  let rstd = stats(row).y;
  var sums = vec4<f32>(0.0);
  var products = vec4<f32>(0.0);
  for (var q = 0u; q < C4; q++) {
    let h = dy(first + q) * gamma(q);
    sums += h;
    products += h * ((x(first + q) - mean) * rstd);
  }
  let a = ((sums.x + sums.y) + (sums.z + sums.w)) / f32(C);
  let b = ((products.x + products.y) + (products.z + products.w)) / f32(C);
  for (var q = 0u; q < C4; q++) {
    let xhat = (x(first + q) - mean) * rstd;
    let d = rstd * (dy(first + q) * gamma(q) - a - xhat * b);
    set_dx(first + q, select(vec4<f32>(0.0), d, LANES + 4u * q < vec4<u32>(C)));
  }
#end
