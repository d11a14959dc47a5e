// out[b] = 1 if all logits[b, ·] are finite and the first largest is at labels[b], else 0. logits [B, C], labels [B], out [B, 1].
// One invocation owns one example; workgroup 64.
#input 0 logits
@group(0) @binding(1) var<storage, read> labels: array<u32>;
#output 2 out

#index b < B
  var best = 0u;
  var largest = logits(b * C4).x;
  var finite = is_finite(largest);
  for (var c = 1u; c < C; c++) {
    let z = logits(b * C4 + c / 4u)[c % 4u];
    finite = finite && is_finite(z);
    if (z > largest) {
      largest = z;
      best = c;
    }
  }
  set_out(b, vec4<f32>(select(0.0, 1.0, finite && best == labels[b]), 0.0, 0.0, 0.0));
#end
