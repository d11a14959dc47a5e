// The batched matrix product of matmul.wgsl for devices with workgroup memory: the same values, in the same order.
//   c[s, n, i, j] = sum over the k of part s of a[n, i, k] * b[n, k, j] (+ bias)
// A workgroup of 256 computes ROWS x COLS elements, an invocation ROWS / 16 x COLS / 16 of them: rows 4 at a time,
// 64 apart, and columns likewise. Sixteen k at a time lie in workgroup memory (16 KiB at most): as four rows or
// columns to a vec4, ta[k][row / 4], or, for a b^T, as four k to a vec4, ta[k / 4][row]. Transposes are carried out on
// the way there. The slots are permuted (by exclusive or) so that eight neighbouring invocations, which reach the
// memory together, write and read different banks. Barriers: all invocations of a workgroup take the same branch.
// Order of summation: ascending k (a b^T: by dot products of four), so the bits are those of matmul.wgsl.
#input 0 a reused
#input 1 b reused
#if BIAS
#input 2 bias
#end
#output ${BIAS + 2} c

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
  let block = id % (COL_BLOCKS * ROW_BLOCKS);
  let column = (block / (STRIP * ROW_BLOCKS) * STRIP + block % STRIP) * ${COLS / 4}u;
  let row = (block / STRIP) % ROW_BLOCKS * ${ROWS}u;
  let s = (id / (COL_BLOCKS * ROW_BLOCKS)) % SPLITS;
  let batch = id / (COL_BLOCKS * ROW_BLOCKS * SPLITS);
  let a_from = batch * ${A_SIZE}u;
  let b_from = batch * ${B_SIZE}u;
  let tx = u % 16u;
  let ty = u / 16u;
#for i in 0..ROWS / 16
#if TB * (1 - TA)
#for j in 0..COLS / 16
  var c${i}_${j} = 0.0;
#end
#else
#for j in 0..COLS / 64
  var c${i}_${j} = vec4<f32>(0.0);
#end
#end
#end
#if TA * (1 - TB)
  let last = min((s + 1u) * PART, K);
  for (var k0 = s * PART; k0 < last; k0 += 16u) {
#else
  let last = min(4u * (s + 1u) * PART, K);
  for (var k0 = 4u * s * PART; k0 < last; k0 += 16u) {
#end
    // Addresses beyond the matrix are clamped: rows and columns there are not stored, and terms of the sum are zero.
#if TA
#for e in 0..ROWS / 64
    {
      let k = k0 + (u + ${256 * e}u) / ${ROWS / 4}u;
      let at = min(row / 4u + (u + ${256 * e}u) % ${ROWS / 4}u, ${M4 - 1}u);
      ta[u + ${256 * e}u] = select(vec4<f32>(0.0), a(a_from + min(k, ${K - 1}u) * ${M4}u + at), k < last);
    }
#end
#else
#if TB
#for e in 0..ROWS / 64
    {
      let q = u % 4u;
      let i = u / 4u + ${64 * e}u;
      let k = k0 + 4u * q;
      let value = a(a_from + min(row + i, ${M - 1}u) * ${K4}u + min(k / 4u, ${K4 - 1}u));
      ta[q * ${ROWS}u + i % 4u * ${ROWS / 4}u + ((i / 4u) ^ (2u * q + i % 2u))] = select(vec4<f32>(0.0), value, k < last);
    }
#end
#else
    if (u < ${ROWS}u) {
      let q = u % 4u;
      let g = u / 4u;
      let k = k0 + 4u * q;
      let at = a_from + min(k / 4u, ${K4 - 1}u);
#for r in 0..4
      let v${r} = select(vec4<f32>(0.0), a(at + min(row + 4u * g + ${r}u, ${M - 1}u) * ${K4}u), k < last);
#end
#for t in 0..4
      ta[(4u * q + ${t}u) * ${ROWS / 4}u + (g ^ (2u * q))] = vec4<f32>(v0[${t}], v1[${t}], v2[${t}], v3[${t}]);
#end
    }
#end
#end
#if TB
#if TA
    if (u < ${COLS}u) {
      let q = u % 4u;
      let g = u / 4u;
      let k = k0 + 4u * q;
      let at = b_from + min(k / 4u, ${K4 - 1}u);
#for r in 0..4
      let v${r} = select(vec4<f32>(0.0), b(at + min(4u * (column + g) + ${r}u, ${N - 1}u) * ${K4}u), k < last);
#end
#for t in 0..4
      tb[(4u * q + ${t}u) * ${COLS / 4}u + (g ^ (2u * q))] = vec4<f32>(v0[${t}], v1[${t}], v2[${t}], v3[${t}]);
#end
    }
#else
#for e in 0..COLS / 64
    {
      let q = u % 4u;
      let j = u / 4u + ${64 * e}u;
      let k = k0 + 4u * q;
      let value = b(b_from + min(4u * column + j, ${N - 1}u) * ${K4}u + min(k / 4u, ${K4 - 1}u));
      tb[q * ${COLS}u + j % 4u * ${COLS / 4}u + ((j / 4u) ^ (2u * q + j % 2u))] = select(vec4<f32>(0.0), value, k < last);
    }
#end
#end
#else
#for e in 0..COLS / 64
    {
      let k = k0 + (u + ${256 * e}u) / ${COLS / 4}u;
      let at = min(column + (u + ${256 * e}u) % ${COLS / 4}u, ${N4 - 1}u);
      tb[u + ${256 * e}u] = select(vec4<f32>(0.0), b(b_from + min(k, ${K - 1}u) * ${N4}u + at), k < last);
    }
#end
#end
    workgroupBarrier();
    for (var q = 0u; q < 4u; q++) {
#if TB * (1 - TA)
#for j in 0..COLS / 16
      let b${j} = tb[q * ${COLS}u + ${j % 4 * (COLS / 4)}u + ((tx + ${j / 4 * 16}u) ^ (2u * q + ${j % 2}u))];
#end
#for i in 0..ROWS / 16
      let a${i} = ta[q * ${ROWS}u + ${i % 4 * (ROWS / 4)}u + ((ty + ${i / 4 * 16}u) ^ (2u * q + ${i % 2}u))];
#for j in 0..COLS / 16
      c${i}_${j} += dot(a${i}, b${j});
#end
#end
#else
#for t in 0..4
#for i in 0..ROWS / 64
      let a${t}_${i} = ta[(4u * q + ${t}u) * ${ROWS / 4}u + ((ty + ${16 * i}u) ^ (${2 * (1 - TA)}u * q))];
#end
#for j in 0..COLS / 64
      let b${t}_${j} = tb[(4u * q + ${t}u) * ${COLS / 4}u + ((tx + ${16 * j}u) ^ (${2 * TB}u * q))];
#for i in 0..ROWS / 16
      c${i}_${j} += a${t}_${i / 4}[${i % 4}] * b${t}_${j};
#end
#end
#end
#end
    }
    workgroupBarrier();
  }
  let base = (s * ${BATCH}u + batch) * ${M}u + row + 4u * ty;
#for j in 0..COLS / 64
  {
    let j4 = column + tx + ${16 * j}u;
    if (j4 < ${N4}u) {
#if BIAS
      // Only the first part carries the bias.
      let shift = select(vec4<f32>(0.0), bias(j4), s == 0u);
#end
#if TB * (N % 4)
      let keep = select(vec4<f32>(0.0), vec4<f32>(1.0), vec4<u32>(0u, 1u, 2u, 3u) + j4 * 4u < vec4<u32>(${N}u));
#end
#for i in 0..ROWS / 16
      if (row + 4u * ty + ${i / 4 * 64 + i % 4}u < ${M}u) {
#if TB * (1 - TA)
        var y = vec4<f32>(c${i}_${4 * j}, c${i}_${4 * j + 1}, c${i}_${4 * j + 2}, c${i}_${4 * j + 3});
#else
        var y = c${i}_${j};
#end
#if TB * (N % 4)
        y *= keep;
#end
#if BIAS
        y += shift;
#end
        set_c((base + ${i / 4 * 64 + i % 4}u) * ${N4}u + j4, y);
      }
#end
    }
  }
#end
}
