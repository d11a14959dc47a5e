// Attention: out[b, i, h] = sum over j of p[i, j] v[b, j, h], p = softmax over j of q[b, i, h] . k[b, j, h] * SCALE.
// q, out [B, TQ, HEADS, D4 vec4s]; k, v [B, TK, HEADS, D4]; lse [B, TQ, HEADS] (a vec4 each) = log of the softmax's
// denominator, for the gradient. The scores never lie in memory.
// One invocation owns R rows i of one head: every vec4 of k and v serves them all. It keeps each row's largest score m
// so far and scales what it has summed when m grows, so that exponents are at most 0. Workgroup 64, rows innermost.
// Order: ascending j, fixed. Rows past TQ are computed from the last row and not stored.
#input 0 q
#input 1 k reused
#input 2 v reused
#output 3 out
#output 4 lse

#index id < COUNT
  let first = id % BLOCKS * R;
  let head = id / BLOCKS % HEADS;
  let b = id / (BLOCKS * HEADS);
#for r in 0..R
  let row${r} = (b * TQ + min(first + ${r}u, TQ - 1u)) * HEADS + head;
  var m${r} = -3.0e38;
  var total${r} = 0.0;
#for c in 0..D4
  let q${r}_${c} = q(row${r} * D4 + ${c}u) * ${SCALE};
  var o${r}_${c} = vec4<f32>(0.0);
#end
#end
  for (var j = 0u; j < TK; j++) {
    let at = ((b * TK + j) * HEADS + head) * D4;
#for r in 0..R
    var s${r} = 0.0;
#end
#for c in 0..D4
    let k${c} = k(at + ${c}u);
#for r in 0..R
    s${r} += dot(q${r}_${c}, k${c});
#end
#end
#for r in 0..R
    // One of the two factors exp(old m - m) and exp(s - m) is always 1.
    let grows${r} = s${r} > m${r};
    let e${r} = exp(-abs(s${r} - m${r}));
    let keep${r} = select(1.0, e${r}, grows${r});
    let p${r} = select(e${r}, 1.0, grows${r});
    m${r} = max(m${r}, s${r});
    total${r} = total${r} * keep${r} + p${r};
#end
#for c in 0..D4
    let v${c} = v(at + ${c}u);
#for r in 0..R
    o${r}_${c} = o${r}_${c} * keep${r} + v${c} * p${r};
#end
#end
  }
#for r in 0..R
  if (first + ${r}u < TQ) {
    let share = 1.0 / total${r};
#for c in 0..D4
    set_out(row${r} * D4 + ${c}u, o${r}_${c} * share);
#end
    set_lse(row${r}, vec4<f32>(m${r} + log(total${r}), 0.0, 0.0, 0.0));
  }
#end
#end
