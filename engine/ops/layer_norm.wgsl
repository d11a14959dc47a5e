// Layer normalisation of each row of x [ROWS, C]: y = gamma * (x - mean) * rstd + beta,
//   mean = sum of x / C, rstd = 1 / sqrt(sum of (x - mean)^2 / C + EPS); also stats [ROWS, 2] = (mean, rstd).
// One invocation owns one row, in three passes so that the variance does not cancel; workgroup 64.
// Order: ascending c, fixed. The padding of gamma and beta is zero, and so is that of y.
#input 0 x
#input 1 gamma
#input 2 beta
#output 3 y
#output 4 stats

const LANES = vec4<u32>(0u, 1u, 2u, 3u);

#index row < ROWS
  let first = row * C4;
  var sums = vec4<f32>(0.0);
  for (var q = 0u; q < C4; q++) { sums += x(first + q); }
  let mean = ((sums.x + sums.y) + (sums.z + sums.w)) / f32(C);
  var squares = vec4<f32>(0.0);
  for (var q = 0u; q < C4; q++) {
    let d = select(vec4<f32>(0.0), x(first + q) - mean, LANES + 4u * q < vec4<u32>(C));
    squares += d * d;
  }
  let variance = ((squares.x + squares.y) + (squares.z + squares.w)) / f32(C);
  let rstd = 1.0 / sqrt(variance + ${EPS});
  for (var q = 0u; q < C4; q++) { set_y(first + q, (x(first + q) - mean) * rstd * gamma(q) + beta(q)); }
  set_stats(row, vec4<f32>(mean, rstd, 0.0, 0.0));
#end
