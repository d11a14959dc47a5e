// Partial sums, over parts of the rows, for the gradients of layer normalisation's gamma and beta.
//   part [SPLITS, 2, C4]: sums of dy * (x - mean) * rstd, and of dy; stats [ROWS, 2] = (mean, rstd)
// One invocation owns one vec4 of channels and one part; workgroup 64, channels innermost so that neighbouring lanes
// read neighbouring memory. Order: ascending rows, fixed. The padding of dy is zero.
#input 0 x
#input 1 stats
#input 2 dy
#output 3 part

#index i < SPLITS * C4
  let c = i % C4;
  let s = i / C4;
  var slope = vec4<f32>(0.0);
  var shift = vec4<f32>(0.0);
  let last = min((s + 1u) * PART, ROWS);
  for (var r = s * PART; r < last; r++) {
    let g = dy(r * C4 + c);
    let st = stats(r);
    slope += g * ((x(r * C4 + c) - st.x) * st.y);
    shift += g;
  }
  set_part((s * 2u) * C4 + c, slope);
  set_part((s * 2u + 1u) * C4 + c, shift);
#end
