// Gradients of layer normalisation's gamma and beta: dgamma = sum of dy * (x - mean) * rstd, dbeta = sum of dy, over the
// rows of x, dy [ROWS, C4] (vec4s of channels) with stats [ROWS, 2] = (mean, rstd); or, with SPLITS, over the partial
// sums part [SPLITS, 2, C4] of both.
// A workgroup of 64 computes one vec4 of channels: a lane sums every 64th row, then the lanes are added as a tree.
// Order fixed. The padding of dy is zero.
#output 0 dgamma
#output 1 dbeta
#if SPLITS
#input 2 part
#else
#input 2 x
#input 3 stats
#input 4 dy
#end

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let c = group.x;
  var slope = vec4<f32>(0.0);
  var shift = vec4<f32>(0.0);
#if SPLITS
  for (var s = lane; s < SPLITS; s += 64u) {
    slope += part((s * 2u) * C4 + c);
    shift += part((s * 2u + 1u) * C4 + c);
  }
#else
  for (var r = lane; r < ROWS; r += 64u) {
    let g = dy(r * C4 + c);
    let st = stats(r);
    slope += g * ((x(r * C4 + c) - st.x) * st.y);
    shift += g;
  }
#end
  let sums = workgroup_pair_sum(lane, slope, shift);
  if (lane > 0u) { return; }
  set_dgamma(c, sums.first);
  set_dbeta(c, sums.second);
}
