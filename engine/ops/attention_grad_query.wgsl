// Gradient of attention with respect to q, by computing the scores again:
//   dq[i] = SCALE * sum over j of ds[i, j] k[j], ds = p (g[i] . v[j] - delta[i]), p = exp(q[i] . k[j] SCALE - lse[i])
//   delta[i] = g[i] . out[i]; also rows [B, TQ, HEADS] = (lse, delta), which the gradients of k and v read.
// q, g, out, dq [B, TQ, HEADS, D4 vec4s]; k, v [B, TK, HEADS, D4]. One invocation owns R rows i of one head; workgroup
// 64, rows innermost. Order: ascending j, fixed. Rows past TQ are computed from the last row and not stored.
#input 0 q
#input 1 k reused
#input 2 v reused
#input 3 g
#input 4 out
@group(0) @binding(5) var<storage, read> lse: array<vec4<f32>>;
#output 6 dq
#output 7 rows

#index id < COUNT
  let first = id % BLOCKS * R;
  let head = id / BLOCKS % HEADS;
  let b = id / (BLOCKS * HEADS);
#for r in 0..R
  let row${r} = (b * TQ + min(first + ${r}u, TQ - 1u)) * HEADS + head;
  let lse${r} = lse[row${r}].x;
  var delta${r} = 0.0;
#for c in 0..D4
  let q${r}_${c} = q(row${r} * D4 + ${c}u) * ${SCALE};
  let g${r}_${c} = g(row${r} * D4 + ${c}u);
  delta${r} += dot(g${r}_${c}, out(row${r} * D4 + ${c}u));
  var d${r}_${c} = vec4<f32>(0.0);
#end
#end
  for (var j = 0u; j < TK; j++) {
    let at = ((b * TK + j) * HEADS + head) * D4;
#for r in 0..R
    var s${r} = -lse${r};
    var t${r} = -delta${r};
#end
#for c in 0..D4
    let k${c} = k(at + ${c}u);
    let v${c} = v(at + ${c}u);
#for r in 0..R
    s${r} += dot(q${r}_${c}, k${c});
    t${r} += dot(g${r}_${c}, v${c});
#end
#end
#for r in 0..R
    let ds${r} = exp(s${r}) * t${r};
#for c in 0..D4
    d${r}_${c} += ds${r} * k${c};
#end
#end
  }
#for r in 0..R
  if (first + ${r}u < TQ) {
#for c in 0..D4
    set_dq(row${r} * D4 + ${c}u, d${r}_${c} * ${SCALE});
#end
    set_rows(row${r}, vec4<f32>(lse${r}, delta${r}, 0.0, 0.0));
  }
#end
#end
