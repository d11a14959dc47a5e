// Shifts images at random, zeros moving in: out[b, y, x] = images[b, y + dy - PAD, x + dx - PAD], 0 outside.
// dy and dx in 0..2 PAD from words x and y of block 0, as in load_images. One invocation copies one row, workgroup 64.
#output 3 out

#index i < B * H
  let b = i / H;
  let bits = draw(b, 0u);
  let y = i32(i % H + philox_mul(bits.x, 2u * PAD + 1u).x) - i32(PAD);
  let dx = i32(philox_mul(bits.y, 2u * PAD + 1u).x) - i32(PAD);
  let inside = y >= 0 && y < i32(H);
  for (var x = 0; x < i32(W); x++) {
    var pixel = vec4<f32>(0.0);
    if (inside && x + dx >= 0 && x + dx < i32(W)) { pixel = images((b * H + u32(y)) * W + u32(x + dx)); }
    set_out(i * W + u32(x), pixel);
  }
#end
