// Weight gradient of a convolution, as partial sums over parts of the rows:
//   part[s, o, ky, kx, c] = sum over the rows (n, oy) of part s and all ox of dy[n, oy, ox, o] * x[n, oy*S+ky-P, ox*S+kx-P, c]
// x [N, H, W, C], dy [N, OH, OW, O], part [SPLITS, O, KH, KW, C]. A second kernel adds the parts in order.
// One invocation owns OB output channels x IB input vec4s x TAPS columns of the kernel for one ky and one part, and
// takes STEP columns of dy at once: a sum is then fetched from and put back into memory once for STEP products, and
// with TAPS = KW neighbouring columns of dy share columns of x. Rows outside the image are skipped.
// Workgroup 64, the owners of one part together: they read the same rows. Order of summation: rows, then columns, fixed, whatever the tile.
#input 0 x reused
#input 1 dy reused
#output 2 part

#index id
#if GUARD
  if (id >= COUNT) { return; }
#end
  let cb = id % C_BLOCKS * ${IB}u;
  let ob = id / C_BLOCKS % O_BLOCKS * ${OB / 4}u;
  let kx0 = id / (C_BLOCKS * O_BLOCKS) % ${KW / TAPS}u * ${TAPS}u;
  let ky = id / (C_BLOCKS * O_BLOCKS * ${KW / TAPS}u) % ${KH}u;
  let s = id / (C_BLOCKS * O_BLOCKS * ${KW / TAPS * KH}u);
#for i in 0..IB
  let c${i} = min(cb + ${i}u, ${C4 - 1}u);
#end
#for q in 0..OB / 4
  let o${q} = min(ob + ${q}u, ${O4 - 1}u);
#end
#for k in 0..TAPS
#for o in 0..OB
#for i in 0..IB
  var g${k}_${o}_${i} = vec4<f32>(0.0);
#end
#end
#end
  let last = min((s + 1u) * PART, ${N * OH}u);
  for (var r = s * PART; r < last; r++) {
    let iy = i32(r % ${OH}u * ${STRIDE}u + ky) - ${PAD};
    if (iy < 0 || iy >= ${H}) { continue; }
    let line = (r / ${OH}u * ${H}u + u32(iy)) * ${W}u;
#for k in 0..KEEP
#for i in 0..IB
    var x${k}_${i} = vec4<f32>(0.0);
    if (i32(kx0) + ${k - PAD} >= 0 && i32(kx0) + ${k - PAD} < ${W}) { x${k}_${i} = x((line + u32(i32(kx0) + ${k - PAD})) * ${C4}u + c${i}); }
#end
#end
    for (var ox = 0u; ox < ${OW}u; ox += ${STEP}u) {
      let ix = i32(ox * ${STRIDE}u + kx0) - ${PAD};
#for i in 0..IB
#for j in 0..KEEP
      let a${j}_${i} = x${j}_${i};
#end
#for j in KEEP..SPAN
      let a${j}_${i} = select(
        vec4<f32>(0.0),
        x((line + u32(clamp(ix + ${j}, 0, ${W - 1}))) * ${C4}u + c${i}),
        ix + ${j} >= 0 && ix + ${j} < ${W},
      );
#end
#for j in 0..KEEP
      x${j}_${i} = a${j + SPAN - KEEP}_${i};
#end
#end
#for q in 0..OB / 4
#for p in 0..STEP
#if OW % STEP
      let d${p}_${q} = select(
        vec4<f32>(0.0),
        dy((r * ${OW}u + min(ox + ${p}u, ${OW - 1}u)) * ${O4}u + o${q}),
        ox + ${p}u < ${OW}u,
      );
#else
      let d${p}_${q} = dy((r * ${OW}u + ox + ${p}u) * ${O4}u + o${q});
#end
#end
#for i in 0..IB
#for k in 0..TAPS
#for p in 0..STEP
      g${k}_${4 * q}_${i} += d${p}_${q}.x * a${p * STRIDE + k}_${i};
#end
#for p in 0..STEP
      g${k}_${4 * q + 1}_${i} += d${p}_${q}.y * a${p * STRIDE + k}_${i};
#end
#for p in 0..STEP
      g${k}_${4 * q + 2}_${i} += d${p}_${q}.z * a${p * STRIDE + k}_${i};
#end
#for p in 0..STEP
      g${k}_${4 * q + 3}_${i} += d${p}_${q}.w * a${p * STRIDE + k}_${i};
#end
#end
#end
#end
    }
  }
#for o in 0..OB
#if O % OB
  if (ob * 4u + ${o}u < ${O}u) {
#else
  {
#end
    let base = ((s * ${O}u + ob * 4u + ${o}u) * ${KH}u + ky) * ${KW}u + kx0;
#for i in 0..IB
#if C4 % IB
    if (cb + ${i}u < ${C4}u) {
#else
    {
#end
#for k in 0..TAPS
      set_part((base + ${k}u) * ${C4}u + cb + ${i}u, g${k}_${o}_${i});
#end
    }
#end
  }
#end
#end
