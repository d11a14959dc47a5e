// dx[r, c] = k0[c] * g + k1[c] * x[r, c] + k2[c], g = dy[r, c], and 0 where RELU and the forward output was 0.
// x, dy, dx [ROWS, C4] (vec4s of channels), k [3, C4], stats [4, C4] with scale and offset as rows 2 and 3.
// One invocation owns one vec4 of channels and PER rows. Workgroup 64, channels innermost. No reduction.
#input 0 x
#input 1 dy
#input 2 stats
#input 3 k
#output 4 dx

#index i < BLOCKS * C4
  let c = i % C4;
  let first = i / C4 * PER;
#if RELU
  let scale = stats(2u * C4 + c);
  let offset = stats(3u * C4 + c);
#end
  let k0 = k(c);
  let k1 = k(C4 + c);
  let k2 = k(2u * C4 + c);
  let last = min(first + PER, ROWS);
  for (var r = first; r < last; r++) {
    let at = r * C4 + c;
    let value = x(at);
    var g = dy(at);
#if RELU
    g = select(vec4<f32>(0.0), g, value * scale + offset > vec4<f32>(0.0));
#end
    set_dx(at, k0 * g + k1 * value + k2);
  }
#end
