// Mirrors images left to right: out[b, y, x] = images[b, y, W-1-x] with probability one half, else [b, y, x].
// One invocation copies one row, workgroup 64. Bits of block 0: z decides, as in load_images.
#output 3 out

#index i < B * H
  let mirrored = (draw(i / H, 0u).z >> 31u) == 1u;
  for (var x = 0u; x < W; x++) {
    set_out(i * W + x, images(i * W + select(x, W - 1u - x, mirrored)));
  }
#end
