// 2-D convolution (cross-correlation), stride STRIDE, padding PAD, in NHWC.
//   y[n, oy, ox, o] = bias[o] + sum over ky, kx, c of x[n, oy*S+ky-P, ox*S+kx-P, c] * w[o, ky, kx, c]
// x [N, H, W, C], w [O, KH, KW, C] (OHWI), bias [O], y [N, OH, OW, O]; channels in vec4s.
// One invocation computes COLS neighbouring columns of one row x OUT output channels; the 2 loads per tap are
// shared by all of them. No workgroup memory: it is slower than storage on a software adapter.
// Workgroup 64 along the column blocks. Order of summation: ky, c, kx, fixed.
#input 0 x reused
#input 1 w reused
#if BIAS
#input 2 bias
#end
#output ${BIAS + 2} y

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3<u32>, @builtin(num_workgroups) grid: vec3<u32>) {
  let id = gid.y * grid.x * 64u + gid.x;
  if (id >= COUNT) { return; }
  let column = id % COL_BLOCKS;
  let row = (id / COL_BLOCKS) % OH;
  let n = (id / (COL_BLOCKS * OH)) % N;
  let block = id / (COL_BLOCKS * OH * N);
  let ox0 = column * ${COLS}u;
  let o0 = block * ${OUT}u;
  let ix0 = i32(ox0 * ${STRIDE}u) - ${PAD};
#for o in 0..OUT
  let w${o} = min(o0 + ${o}u, ${O - 1}u) * ${KH * KW * C4}u;
#end
#for p in 0..COLS
#for o in 0..OUT
  var y${p}_${o} = 0.0;
#end
#end
#for j in 0..SPAN
  let in${j} = ix0 + ${j} >= 0 && ix0 + ${j} < ${W};
  let at${j} = u32(clamp(ix0 + ${j}, 0, ${W - 1})) * ${C4}u;
#end
  for (var ky = 0u; ky < ${KH}u; ky++) {
    let iy = i32(row * ${STRIDE}u + ky) - ${PAD};
    if (iy < 0 || iy >= ${H}) { continue; }
    let line = (n * ${H}u + u32(iy)) * ${W * C4}u;
    for (var c = 0u; c < ${C4}u; c++) {
#for j in 0..SPAN
      let x${j} = select(vec4<f32>(0.0), x(line + at${j} + c), in${j});
#end
      let tap = ky * ${KW * C4}u + c;
#for kx in 0..KW
#for o in 0..OUT
      let k${kx}_${o} = w(w${o} + tap + ${kx * C4}u);
#end
#for p in 0..COLS
#for o in 0..OUT
      y${p}_${o} += dot(x${p * STRIDE + kx}, k${kx}_${o});
#end
#end
#end
    }
  }
  let base = (n * ${OH}u + row) * ${OW}u + ox0;
#for q in 0..OUT / 4
  if (o0 + ${4 * q}u < ${O}u) {
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
#for p in 0..COLS
    if (ox0 + ${p}u < ${OW}u) {
      set_y(
        (base + ${p}u) * ${O4}u + o4,
        vec4<f32>(y${p}_${4 * q}, y${p}_${4 * q + 1}, y${p}_${4 * q + 2}, y${p}_${4 * q + 3}) * keep${q} + shift${q},
      );
    }
#end
  }
#end
}
