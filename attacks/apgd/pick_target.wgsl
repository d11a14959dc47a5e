// The target class of each slot's run: out[b] = targets[b, t], t = min(slot[b].run / RESTARTS, T - 1).
// slots [B, 4], targets [B, T] in rows of ROW, out [B] padded to vec4s with zeros. One invocation computes one number;
// workgroup 64.
@group(0) @binding(0) var<storage, read> slots: array<vec4<u32>>;
@group(0) @binding(1) var<storage, read> targets: array<u32>;
@group(0) @binding(2) var<storage, read_write> out: array<u32>;

#index b < PADDED
  if (b >= B) {
    out[b] = 0u;
    return;
  }
  out[b] = targets[b * ROW + min(slots[b].y / RESTARTS, T - 1u)];
#end
