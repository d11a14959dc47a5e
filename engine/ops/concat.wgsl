// Concatenation along one axis: out [OUTER, ROW vec4s], part k [OUTER, its share of ROW].
// ALIGNED: every part starts at a vec4 and whole vec4s are copied. Otherwise the axis is the innermost one and each
// lane is gathered; lanes past WIDTH are the padding and stay zero. Bits are copied as they are, of any type.
// One invocation computes one vec4 of the output; workgroup 64. Order-free.
#for k in 0..PARTS
@group(0) @binding(${k}) var<storage, read> in${k}: array<vec4<u32>>;
#end
@group(0) @binding(${PARTS}) var<storage, read_write> out: array<vec4<u32>>;

#if ALIGNED
fn element(outer: u32, r: u32) -> vec4<u32> {
#else
fn element(outer: u32, r: u32) -> u32 {
#end
${BRANCHES}
}

#index i < COUNT
  let outer = i / ROW;
  let r = i % ROW;
#if ALIGNED
  out[i] = element(outer, r);
#else
  var y = vec4<u32>(0u);
#for j in 0..4
  if (r * 4u + ${j}u < WIDTH) { y[${j}] = element(outer, r * 4u + ${j}u); }
#end
  out[i] = y;
#end
#end
