// Input gradient of a strided convolution, gathered: no two invocations write the same element.
//   dx[n, iy, ix, c] = sum over o and the ky, kx with (iy+P-ky) % S = 0 and (ix+P-kx) % S = 0
//                      of dy[n, (iy+P-ky)/S, (ix+P-kx)/S, o] * v[c, ky, kx, o]
// dy [N, OH, OW, O], v [C, KH, KW, O] (weights transposed, not flipped), dx [N, H, W, C].
// One invocation computes COLS columns S apart, which therefore share their taps, x OUT channels of one row.
// Workgroup 64. Order of summation: ky, kx, o, fixed.
#input 0 dy reused
#input 1 v reused
#output 2 dx

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3<u32>, @builtin(num_workgroups) grid: vec3<u32>) {
  let id = gid.y * grid.x * 64u + gid.x;
  if (id >= COUNT) { return; }
  let column = id % COL_BLOCKS;
  let phase = (id / COL_BLOCKS) % ${STRIDE}u;
  let row = (id / (COL_BLOCKS * ${STRIDE}u)) % ${H}u;
  let n = (id / (COL_BLOCKS * ${STRIDE * H}u)) % ${N}u;
  let block = id / (COL_BLOCKS * ${STRIDE * H * N}u);
  let first = column * ${COLS}u;
  let c0 = block * ${OUT}u;
#for o in 0..OUT
  let v${o} = min(c0 + ${o}u, ${C - 1}u) * ${KH * KW * O4}u;
#for p in 0..COLS
  var g${p}_${o} = 0.0;
#end
#end
  for (var ky = (row + ${PAD}u) % ${STRIDE}u; ky < ${KH}u; ky += ${STRIDE}u) {
    let oy = (i32(row + ${PAD}u) - i32(ky)) / ${STRIDE};
    if (i32(row + ${PAD}u) < i32(ky) || oy >= ${OH}) { continue; }
    let line = (n * ${OH}u + u32(oy)) * ${OW * O4}u;
    for (var kx = (phase + ${PAD}u) % ${STRIDE}u; kx < ${KW}u; kx += ${STRIDE}u) {
      let ox0 = i32(first) + (i32(phase + ${PAD}u) - i32(kx)) / ${STRIDE};
      let tap = (ky * ${KW}u + kx) * ${O4}u;
      for (var o = 0u; o < ${O4}u; o++) {
#for j in 0..OUT
        let k${j} = v(v${j} + tap + o);
#end
#for p in 0..COLS
        let d${p} = select(
          vec4<f32>(0.0),
          dy(line + u32(clamp(ox0 + ${p}, 0, ${OW - 1})) * ${O4}u + o),
          ox0 + ${p} >= 0 && ox0 + ${p} < ${OW},
        );
#for j in 0..OUT
        g${p}_${j} += dot(d${p}, k${j});
#end
#end
      }
    }
  }
#for q in 0..OUT / 4
  if (c0 + ${4 * q}u < ${C}u) {
    let keep${q} = select(vec4<f32>(0.0), vec4<f32>(1.0), vec4<u32>(0u, 1u, 2u, 3u) + c0 + ${4 * q}u < vec4<u32>(${C}u));
#for p in 0..COLS
    {
      let ix = (first + ${p}u) * ${STRIDE}u + phase;
      if (ix < ${W}u) {
        set_dx(
          ((n * ${H}u + row) * ${W}u + ix) * ${C4}u + c0 / 4u + ${q}u,
          vec4<f32>(g${p}_${4 * q}, g${p}_${4 * q + 1}, g${p}_${4 * q + 2}, g${p}_${4 * q + 3}) * keep${q},
        );
      }
    }
#end
  }
#end
}
