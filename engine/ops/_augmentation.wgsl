// Common head of the augmentation kernels: inputs and random numbers.
// images [B, H, W, 3], one pixel to a vec4; examples [B]; step []. The result, of the same shape, is binding 3.
#input 0 images
@group(0) @binding(1) var<storage, read> examples: array<u32>;
@group(0) @binding(2) var<storage, read> step: array<u32>;

// Four random words of the example at position b, independent of its batch.
fn draw(b: u32, block: u32) -> vec4<u32> {
  return philox(vec4<u32>(examples[b], step[0], block, 0u), vec2<u32>(KEY0, KEY1));
}

// Grey level of a pixel by ITU-R 601-2, with torchvision's constants.
fn luma(pixel: vec4<f32>) -> f32 {
  return 0.2989 * pixel.x + 0.587 * pixel.y + 0.114 * pixel.z;
}
