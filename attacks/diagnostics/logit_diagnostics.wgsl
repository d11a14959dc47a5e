// Diagnostics of logits [B, C] with labels [B]: out[b] [B, 1] = NOT_FINITE where a logit is not finite, FLAT where C > 2
// and the logits of all classes but the label lie within FLAT_RANGE of each other, else 0.
// One invocation owns one example; workgroup 64. Order-free.
#input 0 logits
@group(0) @binding(1) var<storage, read> labels: array<u32>;
#output 2 out

#index b < B
  let y = labels[b];
  var finite = true;
  var lowest = 3.0e38;
  var highest = -3.0e38;
  for (var c = 0u; c < C; c++) {
    let z = logits(b * C4 + c / 4u)[c % 4u];
    finite = finite && is_finite(z);
    if (c != y) {
      lowest = min(lowest, z);
      highest = max(highest, z);
    }
  }
  let flat = select(0.0, ${FLAT}, C > 2u && highest - lowest < ${FLAT_RANGE});
  set_out(b, vec4<f32>(select(${NOT_FINITE}, flat, finite), 0.0, 0.0, 0.0));
#end
