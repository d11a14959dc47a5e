// Partial sums over the middle of [OUTER, LENGTH, INNER] (in vec4s): out[o, s, k] = sum of x[o, r, k] over the
// r of part s of SPLITS. LANES: also sums the four lanes, so that the innermost dimension is reduced too.
// One invocation computes one vec4 of the output; workgroup 64. Order: ascending r, fixed.
#input 0 x
#output 1 out

#index i < OUTER * SPLITS * INNER
  let k = i % INNER;
  let s = (i / INNER) % SPLITS;
  let o = i / (INNER * SPLITS);
  let first = s * PART;
  let last = min(first + PART, LENGTH);
  var sum = vec4<f32>(0.0);
  for (var r = first; r < last; r++) { sum += x((o * LENGTH + r) * INNER + k); }
#if LANES
  sum = vec4<f32>((sum.x + sum.y) + (sum.z + sum.w), 0.0, 0.0, 0.0);
#end
  set_out(i, sum);
#end
