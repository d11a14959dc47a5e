// Partial sums per example and channel of a group normalisation, over the rows of one part:
//   part[b, s, 0, c] = sum of d, part[b, s, 1, c] = sum of d * d, d = x[b, r, c] - x[b, 0, c]
// GRAD: sums of g and of g * d instead, g = dy and with SILU dy * silu'(x * scale + offset).
// x, dy [B, HW, C4] (vec4s of channels), scales, offsets [B, C4], part [B, SPLITS, 2, C4]. One invocation owns one vec4
// of channels of one part; workgroup 64, channels innermost. Order: ascending rows, fixed.
#input 0 x
#if GRAD
#input 1 dy
#input 2 scales
#input 3 offsets
#end
#output ${1 + 3 * GRAD} part

#index i < B * SPLITS * C4
  let c = i % C4;
  let s = i / C4 % SPLITS;
  let b = i / (C4 * SPLITS);
  let origin = x(b * HW * C4 + c);
#if GRAD
#if SILU
  let scale = scales(b * C4 + c);
  let offset = offsets(b * C4 + c);
#end
#end
  var first = vec4<f32>(0.0);
  var second = vec4<f32>(0.0);
  let last = min((s + 1u) * PART, HW);
  for (var r = s * PART; r < last; r++) {
    let at = (b * HW + r) * C4 + c;
    let value = x(at);
#if GRAD
    var g = dy(at);
#if SILU
    let z = value * scale + offset;
    let sigmoid = 1.0 / (1.0 + exp(min(-z, vec4<f32>(80.0))));
    g *= sigmoid * (1.0 + z * (1.0 - sigmoid));
#end
    first += g;
    second += g * (value - origin);
#else
    let d = value - origin;
    first += d;
    second += d * d;
#end
  }
  let to = (b * SPLITS + s) * 2u * C4 + c;
  set_part(to, first);
  set_part(to + C4, second);
#end
