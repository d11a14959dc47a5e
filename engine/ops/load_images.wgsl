// Decodes a batch of images to NHWC and augments it: pad by PAD with zeros, crop at random, mirror at random.
//   out[b, y, x, c] = pixels[b, c, y + dy - PAD, x' + dx - PAD], 0 outside; x' = W-1-x where mirrored, else x
// pixels [B, 3, H, W]: bytes packed four to a word (BYTES, value / 255) or float32; examples [B], epoch [], out [B, H, W, 3].
// dy, dx in 0..2 PAD and the mirroring are drawn for (example, epoch): whichever batch an example is in, it gets the same.
// One invocation writes one pixel; workgroup 64.
@group(0) @binding(0) var<storage, read> pixels: array<${BYTES_OR_FLOATS}>;
@group(0) @binding(1) var<storage, read> examples: array<u32>;
@group(0) @binding(2) var<storage, read> epoch: array<u32>;
#output 3 out

fn pixel(b: u32, c: u32, at: u32) -> f32 {
  let i = b * STRIDE + c * (H * W) + at;
#if BYTES
  return f32((pixels[i / 4u] >> (8u * (i % 4u))) & 0xffu) / 255.0;
#else
  return pixels[i];
#end
}

#index i < COUNT
  let x = i % W;
  let y = (i / W) % H;
  let b = i / (W * H);
  var iy = i32(y);
  var ix = i32(x);
#if AUGMENT
  let bits = philox(vec4<u32>(examples[b], epoch[0], 0u, 0u), vec2<u32>(KEY0, KEY1));
#if FLIP
  if ((bits.z >> 31u) == 1u) { ix = i32(W - 1u) - ix; }
#end
  iy += i32(philox_mul(bits.x, 2u * PAD + 1u).x) - i32(PAD);
  ix += i32(philox_mul(bits.y, 2u * PAD + 1u).x) - i32(PAD);
#end
  if (iy < 0 || iy >= i32(H) || ix < 0 || ix >= i32(W)) {
    set_out(i, vec4<f32>(0.0));
    return;
  }
  let at = u32(iy) * W + u32(ix);
  set_out(i, vec4<f32>(pixel(b, 0u, at), pixel(b, 1u, at), pixel(b, 2u, at), 0.0));
#end
