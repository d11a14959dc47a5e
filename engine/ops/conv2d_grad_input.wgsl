// Input gradient of a convolution of any stride, gathered: no two invocations write the same element.
//   dx[n, iy, ix, c] = sum over o and the ky, kx with (iy+P-ky) % S = 0 and (ix+P-kx) % S = 0
//                      of dy[n, (iy+P-ky)/S, (ix+P-kx)/S, o] * v[c, ky, kx, o]
// dy [N, OH, OW, O], v [C, KH, KW, O] (weights transposed, not flipped), dx [N, H, W, C].
// One invocation computes COLS * S neighbouring columns of one row x OUT channels: all the phases ix % S share their
// loads, and the template assigns taps to phases. Rows of one phase iy % S lie together.
// Workgroup 64 along the column blocks. Order of summation: ky, o, kx, fixed, whatever the tile.
#input 0 dy reused
#input 1 v reused
#output 2 dx

#index id
#if GUARD
  if (id >= COUNT) { return; }
#end
  let first = id % COL_BLOCKS * ${COLS}u;
  let lower = (id / COL_BLOCKS) % ROW_BLOCKS;
  let phase = (id / (COL_BLOCKS * ROW_BLOCKS)) % ${STRIDE}u;
  let c0 = (id / (COL_BLOCKS * ROW_BLOCKS * ${STRIDE}u)) % OUT_BLOCKS * ${OUT}u;
  let n = id / (COL_BLOCKS * ROW_BLOCKS * ${STRIDE}u * OUT_BLOCKS);
  let row = lower * ${STRIDE}u + phase;
#for j in 0..OUT
  let v${j} = min(c0 + ${j}u, ${C - 1}u) * ${KH * KW * O4}u;
#for p in 0..COLS * STRIDE
  var g${p}_${j} = 0.0;
#end
#end
  let left = i32(first) + ${LEFT};
#for j in 0..SPAN
  let in${j} = left + ${j} >= 0 && left + ${j} < ${OW};
  let at${j} = u32(clamp(left + ${j}, 0, ${OW - 1})) * ${O4}u;
#end
  let ky0 = (phase + ${PAD}u) % ${STRIDE}u;
  let last = i32((row + ${PAD}u) / ${STRIDE}u);
  let steps = (${KH + STRIDE - 1}u - min(ky0, ${KH + STRIDE - 1}u)) / ${STRIDE}u * ${O4}u;
  for (var t = 0u; t < steps; t++) {
    let k = t / ${O4}u;
    let o = t % ${O4}u;
    let oy = last - i32(k);
    let inside = oy >= 0 && oy < ${OH};
    let line = (n * ${OH}u + u32(clamp(oy, 0, ${OH - 1}))) * ${OW * O4}u + o;
#for j in 0..SPAN
    let d${j} = select(vec4<f32>(0.0), dy(line + at${j}), inside && in${j});
#end
    let tap = (ky0 + k * ${STRIDE}u) * ${KW * O4}u + o;
#for j in 0..OUT
#for kx in 0..KW
    let k${kx}_${j} = v(v${j} + tap + ${kx * O4}u);
#end
#for p in 0..COLS
#for kx in 0..KW
    g${p * STRIDE + (kx + (STRIDE - 1) * PAD) % STRIDE}_${j} += dot(d${p + ((kx + (STRIDE - 1) * PAD) % STRIDE + PAD - kx) / STRIDE - LEFT}, k${kx}_${j});
#end
#end
#end
  }
#for q in 0..OUT / 4
#if C % OUT
  if (c0 + ${4 * q}u < ${C}u) {
#else
  {
#end
    let keep${q} = select(vec4<f32>(0.0), vec4<f32>(1.0), vec4<u32>(0u, 1u, 2u, 3u) + c0 + ${4 * q}u < vec4<u32>(${C}u));
    let to = ((n * ${H}u + row) * ${W}u + first * ${STRIDE}u) * ${C4}u + c0 / 4u + ${q}u;
#for p in 0..COLS * STRIDE
#if H % STRIDE + W % (COLS * STRIDE)
    if (row < ${H}u && first * ${STRIDE}u + ${p}u < ${W}u) {
#else
    {
#end
      set_dx(to + ${p * C4}u, vec4<f32>(g${p}_${4 * q}, g${p}_${4 * q + 1}, g${p}_${4 * q + 2}, g${p}_${4 * q + 3}) * keep${q});
    }
#end
  }
#end
#end
