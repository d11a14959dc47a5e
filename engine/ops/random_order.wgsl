// A random order of 0..T-1 for each example: places by the rank of one draw each, ties by position.
//   draws[b, t] = lane t % 4 of Philox block t / 4 of example examples[b] at step step[0]
//   RANK: out[b, j] = the t with exactly j draws before its own, for j < TAKE
// draws [B, T], out [B, TAKE]. Without RANK one invocation draws one vec4 of draws; with it, one invocation places one t.
// Workgroup 64. Exact integers; depends on example, step and key alone.
#if RANK
@group(0) @binding(0) var<storage, read> draws: array<vec4<u32>>;
@group(0) @binding(1) var<storage, read_write> out: array<u32>;
#else
@group(0) @binding(0) var<storage, read> examples: array<u32>;
@group(0) @binding(1) var<storage, read> step: array<u32>;
@group(0) @binding(2) var<storage, read_write> draws: array<vec4<u32>>;
#end

#index i < COUNT
#if RANK
  let t = i % WIDTH;
  let b = i / WIDTH;
  // Invocations beyond T write the zeros of the padding.
  if (t >= TAKE && t < TAKE_ROW) { out[b * TAKE_ROW + t] = 0u; }
  if (t >= T) { return; }
  let own = draws[b * T4 + t / 4u][t % 4u];
  var rank = 0u;
  for (var k4 = 0u; k4 < T4; k4++) {
    let other = draws[b * T4 + k4];
    let k = vec4<u32>(4u * k4) + vec4<u32>(0u, 1u, 2u, 3u);
    let before = (k < vec4<u32>(T)) & ((other < vec4<u32>(own)) | ((other == vec4<u32>(own)) & (k < vec4<u32>(t))));
    let counts = select(vec4<u32>(0u), vec4<u32>(1u), before);
    rank += (counts.x + counts.y) + (counts.z + counts.w);
  }
  if (rank < TAKE) { out[b * TAKE_ROW + rank] = t; }
#else
  draws[i] = philox(vec4<u32>(examples[i / T4], step[0], i % T4, 0u), vec2<u32>(KEY0, KEY1));
#end
#end
