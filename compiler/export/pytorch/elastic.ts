/** Layers of a super-network: modules with the largest tensors, called with the sizes that a member has. */

const classes: Readonly<Record<string, string>> = {
  ElasticWindow: `class ElasticWindow(nn.Conv2d):
    """\`padding\` may also be four sides, or "same" with any stride."""

    def __init__(self, channels, filters, kernel, padding=0, **options):
        super().__init__(channels, filters, kernel, **options)
        self.sides = padding`,

  ElasticConv2d: `class ElasticConv2d(ElasticWindow):
    """A member takes the first channels, and the centre of the kernel."""

    def forward(self, x, filters=None, kernel=None, stride=None, padding=None, dilation=None):
        weight = centre(self.weight[:filters, : x.shape[1] // self.groups], kernel)
        bias = None if self.bias is None else self.bias[:filters]
        return convolve(self, x, weight, bias, stride, padding, dilation, self.groups)`,

  ElasticDepthwiseConv2d: `class ElasticDepthwiseConv2d(ElasticWindow):
    """A member takes as many channels as its input has, and the centre of the kernel."""

    def forward(self, x, kernel=None, stride=None, padding=None, dilation=None):
        filters = x.shape[1] * (self.out_channels // self.in_channels)
        weight = centre(self.weight[:filters], kernel)
        bias = None if self.bias is None else self.bias[:filters]
        return convolve(self, x, weight, bias, stride, padding, dilation, x.shape[1])`,

  ElasticLinear: `class ElasticLinear(nn.Linear):
    """A member takes the first features of its input and of its result."""

    def forward(self, x, units=None):
        bias = None if self.bias is None else self.bias[:units]
        return F.linear(x, self.weight[:units, : x.shape[-1]], bias)`,

  ElasticBatchNorm: `class ElasticBatchNorm:
    """A member takes the first channels; running statistics are those of the member that \`recalibrate\` measured last."""

    def forward(self, x):
        part = slice(x.shape[1])
        statistics = self.running_mean[part], self.running_var[part]
        return F.batch_norm(
            x, *statistics, self.weight[part], self.bias[part], self.training, self.momentum, self.eps
        )`,

  ElasticBatchNorm1d: `class ElasticBatchNorm1d(ElasticBatchNorm, nn.BatchNorm1d):
    pass`,

  ElasticBatchNorm2d: `class ElasticBatchNorm2d(ElasticBatchNorm, nn.BatchNorm2d):
    pass`,
};

const convolve = `def centre(weight, kernel):
    """The middle of the window."""
    if kernel is None:
        return weight
    rows, columns = pair(kernel)
    top, left = (weight.shape[2] - rows) // 2, (weight.shape[3] - columns) // 2
    return weight[:, :, top : top + rows, left : left + columns]


def convolve(layer, x, weight, bias, stride, padding, dilation, groups):
    """A convolution with the layer's stride, padding and dilation where nothing else is asked for."""
    stride = layer.stride if stride is None else stride
    padding = layer.sides if padding is None else padding
    dilation = layer.dilation if dilation is None else dilation
    if padding == "same":
        padding, x = 0, F.pad(x, same_padding(x, weight.shape[2:], stride, dilation))
    elif isinstance(padding, tuple) and len(padding) == 4:
        top, bottom, left, right = padding
        padding, x = 0, F.pad(x, (left, right, top, bottom))
    return F.conv2d(x, weight, bias, stride, padding, dilation, groups)`;

/** The classes that constructors name, and the functions of support.ts that these need. */
export function elasticClasses(constructors: readonly string[]): {
  readonly texts: readonly string[];
  readonly support: readonly string[];
} {
  const isUsed = (name: string) => constructors.some((text) => text.includes(`${name}(`));
  const isConvolution = isUsed("ElasticConv2d") || isUsed("ElasticDepthwiseConv2d");
  const isNorm = isUsed("ElasticBatchNorm1d") || isUsed("ElasticBatchNorm2d");
  const names = Object.keys(classes).filter(
    (name) =>
      isUsed(name) || (isNorm && name === "ElasticBatchNorm") || (isConvolution && name === "ElasticWindow"),
  );
  return {
    texts: [...(isConvolution ? [convolve] : []), ...names.map((name) => classes[name])],
    support: isConvolution ? ["pair", "same_padding"] : [],
  };
}
