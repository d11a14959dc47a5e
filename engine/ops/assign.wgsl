// target[OFFSET + i] = source[i] over COUNT vec4s; where ROW, the offset is index[0] rows of COUNT vec4s.
// One invocation copies one vec4; workgroup 64.
@group(0) @binding(0) var<storage, read_write> goal: array<vec4<${TYPE}>>;
@group(0) @binding(1) var<storage, read> origin: array<vec4<${TYPE}>>;
#if ROW
@group(0) @binding(2) var<storage, read> index: array<u32>;
#end

#index i < COUNT
#if ROW
  if (index[0] < ROWS) { goal[index[0] * COUNT + i] = origin[i]; }
#else
  goal[i] = origin[i];
#end
#end
