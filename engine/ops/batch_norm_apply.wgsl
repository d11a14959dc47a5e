// y[r, c] = x[r, c] * scale[c] + offset[c], with relu (relu.wgsl) if RELU; x, y [ROWS, C4] (vec4s of channels), stats [4, C4]
// with scale and offset as rows 2 and 3.
// One invocation owns one vec4 of channels and PER rows. Workgroup 64, channels innermost. No reduction.
#input 0 x
#input 1 stats
#output 2 y

#index i < BLOCKS * C4
  let c = i % C4;
  let first = i / C4 * PER;
  let scale = stats(2u * C4 + c);
  let offset = stats(3u * C4 + c);
  let last = min(first + PER, ROWS);
  for (var r = first; r < last; r++) {
    let at = r * C4 + c;
    let value = x(at) * scale + offset;
#if RELU
    set_y(at, relu(value));
#else
    set_y(at, value);
#end
  }
#end
