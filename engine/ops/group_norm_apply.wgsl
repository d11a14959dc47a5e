// y = z, or z * sigmoid(z) with SILU, z = x[b, r, c] * scales[b, c] + offsets[b, c].
// GRAD: dx = scales[b, c] * g + slopes[b, c] * x + shifts[b, c], g = dy and with SILU dy * silu'(z).
// x, dy, y [B, HW, C4] (vec4s of channels), the others [B, C4]; slopes and shifts are rows 2 and 3 of k [B, 4, C4].
// One invocation owns one vec4 of channels and PER rows of one example. Workgroup 64, channels innermost.
#input 0 x
#input 1 scales
#input 2 offsets
#if GRAD
#input 3 dy
#input 4 k
#end
#output ${3 + 2 * GRAD} y

#index i < B * BLOCKS * C4
  let c = i % C4;
  let b = i / (C4 * BLOCKS);
  let first = i / C4 % BLOCKS * PER;
  let last = min(first + PER, HW);
  let scale = scales(b * C4 + c);
  let offset = offsets(b * C4 + c);
#if GRAD
  let slope = k((b * 4u + 2u) * C4 + c);
  let shift = k((b * 4u + 3u) * C4 + c);
#end
  for (var r = first; r < last; r++) {
    let at = (b * HW + r) * C4 + c;
    let value = x(at);
    let z = value * scale + offset;
#if SILU
    let sigmoid = 1.0 / (1.0 + exp(min(-z, vec4<f32>(80.0))));
#end
#if GRAD
    var g = dy(at);
#if SILU
    g *= sigmoid * (1.0 + z * (1.0 - sigmoid));
#end
    set_y(at, scale * g + slope * value + shift);
#else
#if SILU
    set_y(at, z * sigmoid);
#else
    set_y(at, z);
#end
#end
  }
#end
