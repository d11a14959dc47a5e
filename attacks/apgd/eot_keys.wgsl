// Keys of a randomised model: out[b] = first random word of example examples[b] at step run, block iteration of slots[b].
// slots [B, 4]; examples, out [B], out padded to vec4s with zeros. One invocation computes one number; workgroup 64.
@group(0) @binding(0) var<storage, read> slots: array<vec4<u32>>;
@group(0) @binding(1) var<storage, read> examples: array<u32>;
@group(0) @binding(2) var<storage, read_write> out: array<u32>;

#index b < PADDED
  if (b >= B) {
    out[b] = 0u;
    return;
  }
  out[b] = philox(vec4<u32>(examples[b], slots[b].y, slots[b].z, 0u), vec2<u32>(KEY0, KEY1)).x;
#end
