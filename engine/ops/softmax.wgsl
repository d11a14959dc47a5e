// Softmax, or its logarithm (LOG), over the innermost dimension, or the gradient of either (GRAD); [ROWS, C].
//   y = exp(x - m) / total, or x - m - log(total); m = the largest x of the row, total = sum of exp(x - m)
//   GRAD, from y and dy: dx = y (dy - sum of y dy), or dy - exp(y) (sum of dy)
// One invocation owns one row; workgroup 64. Order: ascending c, fixed. The exponents are at most 0.
#input 0 x
#if GRAD
#input 1 dy
#end
#output ${1 + GRAD} out

const LANES = vec4<u32>(0u, 1u, 2u, 3u);

// The vec4 without what lies in the padding.
fn valid(v: vec4<f32>, q: u32) -> vec4<f32> {
  return select(vec4<f32>(0.0), v, LANES + 4u * q < vec4<u32>(C));
}

#index row < ROWS
  let first = row * C4;
  var sums = vec4<f32>(0.0);
#if GRAD
  for (var q = 0u; q < C4; q++) {
#if LOG
    sums += dy(first + q);
#else
    sums += x(first + q) * dy(first + q);
#end
  }
  let total = (sums.x + sums.y) + (sums.z + sums.w);
  for (var q = 0u; q < C4; q++) {
    let y = x(first + q);
#if LOG
    set_out(first + q, valid(dy(first + q) - exp(y) * total, q));
#else
    set_out(first + q, y * (dy(first + q) - total));
#end
  }
#else
  var largest = vec4<f32>(-3.0e38);
  for (var q = 0u; q < C4; q++) {
    largest = max(largest, select(vec4<f32>(-3.0e38), x(first + q), LANES + 4u * q < vec4<u32>(C)));
  }
  let m = max(max(largest.x, largest.y), max(largest.z, largest.w));
  for (var q = 0u; q < C4; q++) { sums += valid(exp(valid(x(first + q) - m, q)), q); }
  let total = (sums.x + sums.y) + (sums.z + sums.w);
#if LOG
  let shift = log(total);
  for (var q = 0u; q < C4; q++) { set_out(first + q, valid(x(first + q) - m - shift, q)); }
#else
  let share = 1.0 / total;
  for (var q = 0u; q < C4; q++) {
    set_out(first + q, valid(exp(valid(x(first + q) - m, q)) * share, q));
  }
#end
#end
#end
