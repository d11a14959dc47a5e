// Rows selected by index: out[r, k, :] = x[r / ROWS, index[r, k], :].
// x [G, T, D], index [R, K] u32 below T, R = G * ROWS, out [R, K, D]. One invocation writes one vec4; workgroup 64.
// A copy: order-free.
#input 0 x
@group(0) @binding(1) var<storage, read> index: array<u32>;
#output 2 out

#index i < COUNT
  let k = i / D4 % K;
  let r = i / D4 / K;
  set_out(i, x((r / ROWS * T + index[r * INDEX_ROW + k]) * D4 + i % D4));
#end
