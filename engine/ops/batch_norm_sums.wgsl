// Partial sums per channel over parts of the rows of x [ROWS, C4] (vec4s of channels), for many rows:
//   GRAD == 0: sums of d and d * d with d = x - x[0]: shifted by the first row, so that the variance does not cancel.
//   GRAD == 1: sums of g and g * d, where g = dy, and 0 where RELU and the forward output was 0.
// part [SPLITS, 2, C4]. One invocation owns one vec4 of channels and one part; workgroup 64, channels innermost
// so that neighbouring lanes read neighbouring memory. Order: ascending rows, fixed.
#input 0 x
#if GRAD
#input 1 dy
#input 2 stats
#end
#output ${1 + 2 * GRAD} part

#index i < SPLITS * C4
  let c = i % C4;
  let s = i / C4;
  let shift = x(c);
#if GRAD
  let scale = stats(2u * C4 + c);
  let offset = stats(3u * C4 + c);
#end
  var first = vec4<f32>(0.0);
  var second = vec4<f32>(0.0);
  let last = min((s + 1u) * PART, ROWS);
  for (var r = s * PART; r < last; r++) {
    let value = x(r * C4 + c);
    let d = value - shift;
#if GRAD
    var g = dy(r * C4 + c);
#if RELU
    g = select(vec4<f32>(0.0), g, value * scale + offset > vec4<f32>(0.0));
#end
    first += g;
    second += g * d;
#else
    first += d;
    second += d * d;
#end
  }
  set_part((s * 2u) * C4 + c, first);
  set_part((s * 2u + 1u) * C4 + c, second);
#end
