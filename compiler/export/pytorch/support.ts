/** Python functions that come with an exported file where its layers need them. */

import type { Support } from "./call.js";

/** What each of them calls. */
export const functions: Readonly<Record<Support | "resized", string>> = {
  average_pool: `def average_pool(x, kernel, stride, sides):
    """The mean of each window; positions outside of the image do not count. \`sides\` as F.pad takes them."""
    ones = F.pad(torch.ones_like(x[:1, :1]), sides)
    return F.avg_pool2d(F.pad(x, sides), kernel, stride) / F.avg_pool2d(ones, kernel, stride)`,

  depth_to_space: `def depth_to_space(x, size):
    """The channels of a pixel become a block of pixels, the block's rows one after the other."""
    batch, channels, height, width = x.shape
    x = x.reshape(batch, size, size, channels // size**2, height, width).permute(0, 3, 4, 1, 5, 2)
    return x.reshape(batch, channels // size**2, height * size, width * size)`,

  mirrored: `def mirrored(x, dim, before, after, edge):
    """Continued by its mirror images along one dimension; \`edge\`: with the first and the last element twice."""
    size, twice = x.shape[dim], int(edge)
    index = torch.arange(-before, size + after, device=x.device)
    index = torch.where(index < 0, -index - twice, index)
    return x.index_select(dim, torch.where(index >= size, 2 * size - 2 - index + twice, index))`,

  resize_bilinear: `def resize_bilinear(x, size, align_corners, half_pixels):
    """An image in another size, as the device computes it: weights are multiples of 1/1024."""
    for dim, to in zip((2, 3), size):
        count = x.shape[dim]
        spans, steps = (count - 1, to - 1) if align_corners and to > 1 else (count, to)
        scale = (1024 * spans + steps // 2) // steps
        place = torch.arange(to, device=x.device) * scale + (scale // 2 - 512 if half_pixels else 0)
        place = place.clamp(0, 1024 * (count - 1))
        low, share = place // 1024, (place % 1024) / 1024
        shape = [-1, 1] if dim == 2 else [-1]
        first, second = x.index_select(dim, low), x.index_select(dim, (low + 1).clamp(max=count - 1))
        x = first + (second - first) * share.reshape(shape)
    return x`,

  resize_nearest: `def resize_nearest(x, size, align_corners, half_pixels):
    """An image in another size: every pixel is the input's nearest."""
    for dim, to in zip((2, 3), size):
        count = x.shape[dim]
        scale = (count - 1) / (to - 1) if align_corners and to > 1 else count / to
        place = (torch.arange(to, device=x.device) + (0.5 if half_pixels else 0)) * torch.tensor(scale, device=x.device)
        place = (place + 0.5 if align_corners else place).floor().long()
        x = x.index_select(dim, place.clamp(max=count - 1))
    return x`,

  resized: `def resized(x, size):
    """Images in the size that a choice asks for."""
    if tuple(x.shape[2:]) == tuple(size):
        return x
    return F.interpolate(x, size=tuple(size), mode="bilinear", antialias=True)`,

  same_padding: `def same_padding(x, kernel, stride, dilation=1):
    """Padding that gives ceil(size / stride) positions, the odd zero at the end; as F.pad takes it."""
    sides = []
    for size, taps, step, apart in zip(x.shape[:1:-1], *(pair(one)[::-1] for one in (kernel, stride, dilation))):
        total = max((-(-size // step) - 1) * step + (taps - 1) * apart + 1 - size, 0)
        sides += [total // 2, total - total // 2]
    return sides`,

  space_to_depth: `def space_to_depth(x, size):
    """A block of pixels becomes the channels of one, the block's rows one after the other."""
    batch, channels, height, width = x.shape
    x = x.reshape(batch, channels, height // size, size, width // size, size).permute(0, 3, 5, 1, 2, 4)
    return x.reshape(batch, channels * size**2, height // size, width // size)`,
};

export const pairFunction = `def pair(value):
    """One number for both directions, or [vertical, horizontal]."""
    return tuple(value) if isinstance(value, (tuple, list)) else (value, value)`;

/** The functions, and those that they call. */
export function supportOf(wanted: ReadonlySet<string>): readonly string[] {
  const names = Object.keys(functions).filter((name) => wanted.has(name)) as (keyof typeof functions)[];
  const needsPair = wanted.has("pair") || names.includes("same_padding");
  return [...(needsPair ? [pairFunction] : []), ...names.map((name) => functions[name])];
}
