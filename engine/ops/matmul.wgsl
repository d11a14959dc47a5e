// Batched matrix product c = op(a) op(b) (+ bias), op the identity or the transpose, as SPLITS partial sums over k:
//   c[s, n, i, j] = sum over the k of part s of a[n, i, k] * b[n, k, j]
// TA: a is [K, M] instead of [M, K]. TB: b is [N, K] instead of [K, N]. B_SIZE is 0 where all batches share b.
// One invocation computes ROWS x COLS elements of one part: every vec4 loaded serves 4 x ROWS or 4 x COLS products.
// Invocations go along the rows of strips of STRIP blocks of columns, so that the part of b they read stays in cache.
// The loop order keeps few operands live, since a register file holds far less than the sums. No workgroup
// memory: on a software adapter it is slower than storage, for others see matmul_shared.wgsl. Workgroup 64.
// Order of summation: ascending k, fixed (TB without TA: by dot products of four); a second kernel adds the parts in
// order. So all tiles give the same bits.
#input 0 a reused
#input 1 b reused
#if BIAS
#input 2 bias
#end
#output ${BIAS + 2} c

#index id < COUNT
  let block = id % (COL_BLOCKS * ROW_BLOCKS);
  let column = (block / (STRIP * ROW_BLOCKS) * STRIP + block % STRIP) * ${COLS / 4}u;
  let row = (block / STRIP) % ROW_BLOCKS * ${ROWS}u;
  let s = (id / (COL_BLOCKS * ROW_BLOCKS)) % SPLITS;
  let batch = id / (COL_BLOCKS * ROW_BLOCKS * SPLITS);
  // Addresses beyond the matrix are clamped: what they yield is not stored.
#if TA
#for i in 0..ROWS / 4
  let a_at${i} = batch * ${A_SIZE}u + min(row / 4u + ${i}u, ${M4 - 1}u);
#end
#else
#for i in 0..ROWS
  let a_at${i} = batch * ${A_SIZE}u + min(row + ${i}u, ${M - 1}u) * ${K4}u;
#end
#end
#if TB
#for j in 0..COLS
  let b_at${j} = batch * ${B_SIZE}u + min(column * 4u + ${j}u, ${N - 1}u) * ${K4}u;
#end
#else
#for j in 0..COLS / 4
  let b_at${j} = batch * ${B_SIZE}u + min(column + ${j}u, ${N4 - 1}u);
#end
#end
#if TB
#if TA
#for i in 0..ROWS / 4
#for j in 0..COLS
  var c${i}_${j} = vec4<f32>(0.0);
#end
#end
#else
#for i in 0..ROWS
#for j in 0..COLS
  var c${i}_${j} = 0.0;
#end
#end
#end
#else
#for i in 0..ROWS
#for j in 0..COLS / 4
  var c${i}_${j} = vec4<f32>(0.0);
#end
#end
#end
  let last = min((s + 1u) * PART, STEPS);
#if TA * (1 - TB)
  // a^T b, UNROLL k at a time, which divides PART and K: a sum stays in a register for that long.
  for (var k = s * PART; k < last; k += ${UNROLL}u) {
#for t in 0..UNROLL
#for j in 0..COLS / 4
    let b${t}_${j} = b(b_at${j} + (k + ${t}u) * ${N4}u);
#end
#for i in 0..ROWS / 4
    let a${t}_${i} = a(a_at${i} + (k + ${t}u) * ${M4}u);
#end
#end
#for i in 0..ROWS
#for j in 0..COLS / 4
#for t in 0..UNROLL
    c${i}_${j} += a${t}_${i / 4}[${i % 4}] * b${t}_${j};
#end
#end
#end
  }
#else
  // Four k at a time; what is read past K meets the zeros that pad the other operand.
  for (var k = s * PART; k < last; k++) {
#if TB
#if TA
#for t in 0..4
    let line${t} = min(4u * k + ${t}u, ${K - 1}u) * ${M4}u;
#for i in 0..ROWS / 4
    let a${t}_${i} = a(a_at${i} + line${t});
#end
#end
#for j in 0..COLS
    let b${j} = b(b_at${j} + k);
#for i in 0..ROWS / 4
#for t in 0..4
    c${i}_${j} += a${t}_${i} * b${j}[${t}];
#end
#end
#end
#else
#for j in 0..COLS
    let b${j} = b(b_at${j} + k);
#end
#for i in 0..ROWS
    let a${i} = a(a_at${i} + k);
#for j in 0..COLS
    c${i}_${j} += dot(a${i}, b${j});
#end
#end
#end
#else
#for t in 0..4
    let line${t} = min(4u * k + ${t}u, ${K - 1}u) * ${N4}u;
#end
#for i in 0..ROWS
    let a${i} = a(a_at${i} + k);
#end
#for j in 0..COLS / 4
#for t in 0..4
    let b${t}_${j} = b(b_at${j} + line${t});
#end
#for i in 0..ROWS
#for t in 0..4
    c${i}_${j} += a${i}[${t}] * b${t}_${j};
#end
#end
#end
#end
  }
#end
  let base = (s * ${BATCH}u + batch) * ${M}u + row;
#for j in 0..COLS / 4
  if (column + ${j}u < ${N4}u) {
#if BIAS
    // Only the first part carries the bias.
    let shift${j} = select(vec4<f32>(0.0), bias(column + ${j}u), s == 0u);
#end
#if TB * (N % 4)
    let keep${j} = select(
      vec4<f32>(0.0),
      vec4<f32>(1.0),
      vec4<u32>(0u, 1u, 2u, 3u) + (column + ${j}u) * 4u < vec4<u32>(${N}u),
    );
#end
#for i in 0..ROWS
    if (row + ${i}u < ${M}u) {
#if TB
#if TA
      var y = vec4<f32>(
        c${i / 4}_${4 * j}[${i % 4}],
        c${i / 4}_${4 * j + 1}[${i % 4}],
        c${i / 4}_${4 * j + 2}[${i % 4}],
        c${i / 4}_${4 * j + 3}[${i % 4}],
      );
#else
      var y = vec4<f32>(c${i}_${4 * j}, c${i}_${4 * j + 1}, c${i}_${4 * j + 2}, c${i}_${4 * j + 3});
#end
#if N % 4
      y *= keep${j};
#end
#else
      var y = c${i}_${j};
#end
#if BIAS
      y += shift${j};
#end
      set_c((base + ${i}u) * ${N4}u + column + ${j}u, y);
    }
#end
  }
#end
#end
