// 2-D convolution (cross-correlation), stride STRIDE, padding PAD, in NHWC.
//   y[n, oy, ox, o] = bias[o] + sum over ky, kx, c of x[n, oy*S+ky-P, ox*S+kx-P, c] * w[o, ky, kx, c]
// x [N, H, W, C], w [O, KH, KW, C] (OHWI), bias [O], y [N, OH, OW, O]; channels in vec4s.
// One invocation computes a tile of ROWS x COLS neighbouring pixels x OUT output channels, which share their loads.
// Loads out of the image read the nearest pixel, times zero: a branch would cost more than the work it saves.
// No workgroup memory: it is slower than storage on a software adapter.
// Workgroup 64 along the column blocks. Order of summation: ky, c, kx, fixed, whatever the tile.
#input 0 x reused
#input 1 w reused
#if BIAS
#input 2 bias
#end
#output ${BIAS + 2} y

#index id
#if GUARD
  if (id >= COUNT) { return; }
#end
  let ox0 = id % COL_BLOCKS * ${COLS}u;
  let oy0 = (id / COL_BLOCKS) % ROW_BLOCKS * ${ROWS}u;
  let o0 = (id / (COL_BLOCKS * ROW_BLOCKS)) % OUT_BLOCKS * ${OUT}u;
  let n = id / (COL_BLOCKS * ROW_BLOCKS * OUT_BLOCKS);
  let left = i32(ox0 * ${STRIDE}u) - ${PAD};
  let top = i32(oy0 * ${STRIDE}u) - ${PAD};
#for o in 0..OUT
  let w${o} = min(o0 + ${o}u, ${O - 1}u) * ${KH * KW * C4}u;
#for p in 0..ROWS * COLS
  var y${p}_${o} = 0.0;
#end
#end
#for j in 0..SPAN
  let in${j} = left + ${j} >= 0 && left + ${j} < ${W};
  let at${j} = u32(clamp(left + ${j}, 0, ${W - 1})) * ${C4}u;
#end
#for step in 0..STEPS
#if STEPS == 1
  for (var t = 0u; t < ${KH * C4}u; t++) {
#else
  {
    let t = ${step}u;
#end
    let ky = t / ${C4}u;
    let c = t % ${C4}u;
#for r in 0..ROWS
    let iy${r} = top + i32(ky) + ${r * STRIDE};
    let inside${r} = iy${r} >= 0 && iy${r} < ${H};
    let line${r} = (n * ${H}u + u32(clamp(iy${r}, 0, ${H - 1}))) * ${W * C4}u + c;
#for j in 0..SPAN
    let x${r}_${j} = select(vec4<f32>(0.0), x(line${r} + at${j}), inside${r} && in${j});
#end
#end
    let tap = ky * ${KW * C4}u + c;
#for o in 0..OUT
#for kx in 0..KW
    let k${kx}_${o} = w(w${o} + tap + ${kx * C4}u);
#end
#for r in 0..ROWS
#for p in 0..COLS
#for kx in 0..KW
    y${r * COLS + p}_${o} += dot(x${r}_${p * STRIDE + kx}, k${kx}_${o});
#end
#end
#end
#end
  }
#end
#for q in 0..OUT / 4
#if O % OUT
  if (o0 + ${4 * q}u < ${O}u) {
#else
  {
#end
    var keep${q} = vec4<f32>(1.0);
#if O % 4
    keep${q} = select(vec4<f32>(0.0), keep${q}, vec4<u32>(0u, 1u, 2u, 3u) + o0 + ${4 * q}u < vec4<u32>(${O}u));
#end
    let o4 = o0 / 4u + ${q}u;
#if BIAS
    let shift${q} = bias(o4);
#else
    let shift${q} = vec4<f32>(0.0);
#end
#for r in 0..ROWS
#for p in 0..COLS
#if OH % ROWS + OW % COLS
    if (oy0 + ${r}u < ${OH}u && ox0 + ${p}u < ${OW}u) {
#else
    {
#end
      set_y(
        ((n * ${OH}u + oy0 + ${r}u) * ${OW}u + ox0 + ${p}u) * ${O4}u + o4,
        vec4<f32>(y${r * COLS + p}_${4 * q}, y${r * COLS + p}_${4 * q + 1}, y${r * COLS + p}_${4 * q + 2}, y${r * COLS + p}_${4 * q + 3}) * keep${q} + shift${q},
      );
    }
#end
#end
  }
#end
#end
