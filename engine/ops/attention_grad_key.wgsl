// Gradients of attention with respect to k and v, by computing the scores again:
//   dv[j] = sum over i of p[i, j] g[i], p = exp(q[i] . k[j] SCALE - lse[i])
//   dk[j] = SCALE * sum over i of ds[i, j] q[i], ds = p (g[i] . v[j] - delta[i])
// q, g [B, TQ, HEADS, D4 vec4s]; k, v, dk, dv [B, TK, HEADS, D4]; rows [B, TQ, HEADS] = (lse, delta). One invocation
// owns R rows j of one head; workgroup 64, rows innermost. Order: ascending i, fixed. Rows past TK are computed from
// the last row and not stored.
#input 0 q reused
#input 1 k
#input 2 v
#input 3 g reused
#input 4 rows
@group(0) @binding(5) var<storage, read_write> dk: array<vec4<f32>>;
@group(0) @binding(6) var<storage, read_write> dv: array<vec4<f32>>;

#index id < COUNT
  let first = id % BLOCKS * R;
  let head = id / BLOCKS % HEADS;
  let b = id / (BLOCKS * HEADS);
#for r in 0..R
  let row${r} = (b * TK + min(first + ${r}u, TK - 1u)) * HEADS + head;
#for c in 0..D4
  let k${r}_${c} = k(row${r} * D4 + ${c}u) * ${SCALE};
  let v${r}_${c} = v(row${r} * D4 + ${c}u);
  var dk${r}_${c} = vec4<f32>(0.0);
  var dv${r}_${c} = vec4<f32>(0.0);
#end
#end
  for (var i = 0u; i < TQ; i++) {
    let row = (b * TQ + i) * HEADS + head;
    let known = rows(row);
#for r in 0..R
    var s${r} = -known.x;
    var t${r} = -known.y;
#end
#for c in 0..D4
    let q${c} = q(row * D4 + ${c}u);
    let g${c} = g(row * D4 + ${c}u);
#for r in 0..R
    s${r} += dot(k${r}_${c}, q${c});
    t${r} += dot(v${r}_${c}, g${c});
#end
#end
#for r in 0..R
    let p${r} = exp(s${r});
    let ds${r} = p${r} * t${r};
#for c in 0..D4
    dk${r}_${c} += ds${r} * q${c};
    dv${r}_${c} += p${r} * g${c};
#end
#end
  }
#for r in 0..R
  if (first + ${r}u < TK) {
#for c in 0..D4
    dk[row${r} * D4 + ${c}u] = dk${r}_${c} * ${SCALE};
    dv[row${r} * D4 + ${c}u] = dv${r}_${c};
#end
  }
#end
#end
