// Parts of x [OUTER, ROW vec4s] along one axis, each in an output of its own.
// ALIGNED: every part starts at a vec4 and whole vec4s are copied. Otherwise the axis is the innermost one and each
// lane is gathered; lanes past a part's width are its padding and stay zero. Bits are copied as they are, of any type.
// One invocation computes one vec4 of one output, outputs one after another; workgroup 64. Order-free.
@group(0) @binding(0) var<storage, read> x: array<vec4<u32>>;
#for k in 0..PARTS
@group(0) @binding(${k + 1}) var<storage, read_write> out${k}: array<vec4<u32>>;
#end

#if ALIGNED
// vec4 r, counted from `start`, of the part whose rows have `row` vec4s.
fn part(r: u32, row: u32, start: u32, width: u32) -> vec4<u32> {
  return x[r / row * ROW + start + r % row];
}
#else
// vec4 r of the part that starts at element `start` and has `width` elements, `row` vec4s, a row.
fn part(r: u32, row: u32, start: u32, width: u32) -> vec4<u32> {
  var y = vec4<u32>(0u);
  let lane = r % row * 4u;
  let base = r / row * ROW;
#for j in 0..4
  if (lane + ${j}u < width) {
    let c${j} = start + lane + ${j}u;
    y[${j}] = x[base + c${j} / 4u][c${j} % 4u];
  }
#end
  return y;
}
#end

#index i
${BRANCHES}
#end
