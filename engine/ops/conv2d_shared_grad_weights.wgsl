// The weight gradient of conv2d_grad_weights.wgsl for devices with workgroup memory, as a matrix product:
//   part[s, o, j] = sum over the pixels p of part s of dy[p, o] * xs[p, j],  j = (ky, kx, c) in vec4s of channels
// x [N, H, W, C], dy [N, OH, OW, O], part [SPLITS, O, KH, KW, C]; a part is PART rows. A second kernel adds the parts.
// A workgroup of 256 = TY x TX computes ROWS channels of dy x COLS of the j, an invocation ROWS / TY x COLS / TX of
// them, four neighbours at a time. Sixteen pixels at a time lie in workgroup memory as they lie in x and dy, so that
// neighbouring invocations read and write neighbours. Barriers: all invocations of a workgroup take the same branch.
// Order of summation: rows, then columns, zeros outside the image: the bits are those of conv2d_grad_weights.wgsl.
#input 0 x reused
#input 1 dy reused
#output 2 part

var<workgroup> ta: array<vec4<f32>, ${4 * ROWS}>;
var<workgroup> tb: array<vec4<f32>, ${4 * COLS}>;

@compute @workgroup_size(256)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) grid: vec3<u32>,
  @builtin(local_invocation_index) u: u32,
) {
  let id = group.y * grid.x + group.x;
  if (id >= COUNT) { return; }
  let j0 = id % COL_BLOCKS * ${COLS / 4}u;
  let o0 = id / COL_BLOCKS % ROW_BLOCKS * ${ROWS / 4}u;
  let s = id / (COL_BLOCKS * ROW_BLOCKS);
  let tx = u % ${TX}u;
  let ty = u / ${TX}u;
  // The channels that this invocation loads; addresses beyond the last are clamped, they are not stored.
  let o = min(o0 + u % ${ROWS / 4}u, ${O4 - 1}u);
  let j = min(j0 + u % ${COLS / 4}u, ${KH * KW * C4 - 1}u);
  let c = j % ${C4}u;
  let kx = i32(j / ${C4}u % ${KW}u) - ${PAD};
  let ky = i32(j / ${C4 * KW}u) - ${PAD};
#for i in 0..ROWS / TY
#for j in 0..COLS / TX / 4
  var g${i}_${j} = vec4<f32>(0.0);
#end
#end
  let last = min((s + 1u) * PART, ${LINES}u) * ${OW}u;
  for (var p0 = s * PART * ${OW}u; p0 < last; p0 += 16u) {
#for e in 0..(ROWS + 63) / 64
    if (u + ${256 * e}u < ${4 * ROWS}u) {
      let p = p0 + (u + ${256 * e}u) / ${ROWS / 4}u;
      ta[u + ${256 * e}u] = select(vec4<f32>(0.0), dy(min(p, ${LINES * OW - 1}u) * ${O4}u + o), p < last);
    }
#end
#for e in 0..(COLS + 63) / 64
    if (u + ${256 * e}u < ${4 * COLS}u) {
      let p = p0 + (u + ${256 * e}u) / ${COLS / 4}u;
      let at = min(p, ${LINES * OW - 1}u);
      let ix = i32(at % ${OW}u * ${STRIDE}u) + kx;
      let iy = i32(at / ${OW}u % ${OH}u * ${STRIDE}u) + ky;
      let inside = p < last && ix >= 0 && ix < ${W} && iy >= 0 && iy < ${H};
      let line = at / ${OW * OH}u * ${H}u + u32(clamp(iy, 0, ${H - 1}));
      let pixel = line * ${W}u + u32(clamp(ix, 0, ${W - 1}));
      tb[u + ${256 * e}u] = select(vec4<f32>(0.0), x(pixel * ${C4}u + c), inside);
    }
#end
    workgroupBarrier();
    for (var t = 0u; t < 16u; t++) {
#for i in 0..ROWS / TY / 4
      let a${i} = ta[t * ${ROWS / 4}u + ty + ${TY * i}u];
#end
#for j in 0..COLS / TX / 4
      let b${j} = tb[t * ${COLS / 4}u + tx + ${TX * j}u];
#for i in 0..ROWS / TY
      g${i}_${j} += a${i / 4}[${i % 4}] * b${j};
#end
#end
    }
    workgroupBarrier();
  }
#for j in 0..COLS / TX / 4
  {
    let j4 = j0 + tx + ${TX * j}u;
    if (j4 < ${KH * KW * C4}u) {
#for i in 0..ROWS / TY
      {
        let to = 4u * (o0 + ty) + ${i / 4 * (4 * TY) + i % 4}u;
        if (to < ${O}u) { set_part((s * ${O}u + to) * ${KH * KW * C4}u + j4, g${i}_${j}); }
      }
#end
    }
  }
#end
}
