// Sums of rows by index:
//   out[g, t, :] = sum over r of group g and over k, where index[r, k] == t, of x[r, k, :]
//   FILL: fill[:] where there is no such row, else 0
// x [R, K, D], index [R, K] u32, group g = rows g * ROWS to (g + 1) * ROWS, out [G, T, D], fill [D].
// One invocation writes CHUNK vec4s of one row; workgroup 64. Order: ascending r, then k; no atomics.
#input 0 x
@group(0) @binding(1) var<storage, read> index: array<vec4<u32>>;
#if FILL
#input 2 filling
#end
#output ${2 + FILL} out

#index i < COUNT
  let q = i % CHUNKS * CHUNK;
  let t = i / CHUNKS % T;
  let g = i / CHUNKS / T;
#for p in 0..CHUNK
  var total${p} = vec4<f32>(0.0);
#end
#if FILL
  var found = false;
#end
  for (var r = g * ROWS; r < (g + 1u) * ROWS; r++) {
    for (var k4 = 0u; k4 < K4; k4++) {
      let places = index[r * K4 + k4];
      if (!any(places == vec4<u32>(t))) { continue; }
      for (var lane = 0u; lane < min(4u, K - 4u * k4); lane++) {
        if (places[lane] != t) { continue; }
        let at = (r * K + 4u * k4 + lane) * D4 + q;
#for p in 0..CHUNK
        if (q + ${p}u < D4) { total${p} += x(at + ${p}u); }
#end
#if FILL
        found = true;
#end
      }
    }
  }
  let to = (g * T + t) * D4 + q;
#for p in 0..CHUNK
  if (q + ${p}u < D4) {
#if FILL
    if (!found) { total${p} = filling(q + ${p}u); }
#end
    set_out(to + ${p}u, total${p});
  }
#end
#end
