"""The networks of cases.py in PyTorch, as a user of PyTorch would write them.

Each does the work of its .nnd file: the same layers, sizes, dropout, penalty and optimizer, with
the constants of Keras. Where the two differ, PyTorch gets the cheaper form: floats that are already
scaled as its input (nndc converts bytes), the L2 penalty as weight decay of the optimizer, a frozen
base without gradients, a loss that is never fetched. The softmax is part of the loss.
"""
import torch
from torch import nn

LEAKY = 0.1


def perceptron(*sizes):
    """Dense layers with relu between."""
    layers = [nn.Flatten()]
    for inputs, outputs in zip(sizes, sizes[1:]):
        layers += [nn.Linear(inputs, outputs), nn.ReLU()]
    return layers[:-1]


def xnor():
    return nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1))


def a01():
    layers = perceptron(784, 2048, 1024, 512, 256, 128, 64, 10)
    return nn.Sequential(*layers[:3], nn.Dropout(0.5), *layers[3:])


def a14():
    layers = [nn.Flatten()]
    sizes = (784, 2048, 1024, 512, 256, 128)
    for inputs, outputs in zip(sizes, sizes[1:]):
        layers += [nn.Linear(inputs, outputs), nn.ReLU(),
                   nn.BatchNorm1d(outputs, eps=1e-3, momentum=0.01)]
        if outputs == 2048:
            layers.append(nn.Dropout(0.5))
    return nn.Sequential(*layers, nn.Linear(128, 64), nn.ReLU(), nn.Linear(64, 10))


def leaky_stages(filters, flat):
    """Stages of a 3x3 convolution, leaky relu and a pooling that rounds its size up."""
    layers = []
    for inputs, outputs in zip((1, *filters), filters):
        layers += [nn.Conv2d(inputs, outputs, 3, padding=1), nn.LeakyReLU(LEAKY),
                   nn.MaxPool2d(2, ceil_mode=True)]
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(flat, 128), nn.LeakyReLU(LEAKY),
                         nn.Linear(128, 10))


def b01():
    layers = []
    for inputs, outputs in ((1, 32), (32, 64), (64, 64)):
        layers += [nn.Conv2d(inputs, outputs, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)]
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(576, 128), nn.ReLU(), nn.Linear(128, 10))


def d06():
    return nn.Sequential(nn.Conv2d(1, 48, 3), nn.ReLU(), nn.Conv2d(48, 128, 3), nn.ReLU(),
                         nn.Flatten(), nn.Linear(73728, 80), nn.ReLU(), nn.Linear(80, 10))


class Lstm(nn.Module):
    """PyTorch's cells have two biases a gate, of which one would do: 600 parameters more."""

    def __init__(self):
        super().__init__()
        self.recurrent = nn.LSTM(6, 50, num_layers=3, batch_first=True)
        self.head = nn.Linear(600, 1)

    def forward(self, past):
        return self.head(self.recurrent(past)[0].flatten(1))


def b06():
    layers = []
    for inputs, middle, outputs, dilation in ((3, 64, 32, 2), (32, 128, 64, 4), (64, 256, 128, 8)):
        layers += [nn.Conv2d(inputs, middle, 3, padding=1),
                   nn.Conv2d(middle, outputs, 5, dilation=dilation), nn.MaxPool2d(2)]
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(15488, 10))


class FrozenBase(nn.Module):
    def __init__(self, base, head):
        super().__init__()
        self.base, self.head = base.requires_grad_(False), head

    def forward(self, image):
        with torch.no_grad():
            features = self.base(image)
        return self.head(features)


def two_classes(features):
    return nn.Sequential(nn.Flatten(), nn.Linear(features, 128), nn.ReLU(), nn.Linear(128, 2))


def vgg16():
    layers, inputs = [], 3
    for count, outputs in ((2, 64), (2, 128), (3, 256), (3, 512), (3, 512)):
        for _ in range(count):
            layers += [nn.Conv2d(inputs, outputs, 3, padding=1), nn.ReLU(inplace=True)]
            inputs = outputs
        layers.append(nn.MaxPool2d(2))
    return FrozenBase(nn.Sequential(*layers), two_classes(25088))


def normalized(inputs, outputs, kernel, stride=1):
    return nn.Sequential(nn.Conv2d(inputs, outputs, kernel, stride=stride, padding=kernel // 2),
                         nn.BatchNorm2d(outputs, eps=1.001e-5, momentum=0.01))


class Bottleneck(nn.Module):
    def __init__(self, inputs, filters, stride, is_first):
        super().__init__()
        self.way = nn.Sequential(
            normalized(inputs, filters, 1, stride), nn.ReLU(inplace=True),
            normalized(filters, filters, 3), nn.ReLU(inplace=True),
            normalized(filters, 4 * filters, 1))
        self.short = normalized(inputs, 4 * filters, 1, stride) if is_first else nn.Identity()
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x):
        return self.relu(self.way(x) + self.short(x))


def resnet50():
    layers = [normalized(3, 64, 7, 2), nn.ReLU(inplace=True), nn.MaxPool2d(3, stride=2, padding=1)]
    inputs = 64
    for stage, (filters, count) in enumerate(((64, 3), (128, 4), (256, 6), (512, 3))):
        for i in range(count):
            stride = 2 if i == 0 and stage > 0 else 1
            layers.append(Bottleneck(inputs, filters, stride, i == 0))
            inputs = 4 * filters
    return nn.Sequential(*layers, two_classes(100352))


IMAGE = (1, 28, 28)
PHOTOGRAPH = (3, 224, 224)

# name: network, shape of a sample, classes (0: one number, squared error; 1: one yes or no)
NETWORKS = {
    "hoda": (lambda: nn.Sequential(*perceptron(25, 50, 30, 15, 10)), (25,), 10),
    "xnor": (xnor, (2,), 1),
    "mnist_mlp": (lambda: nn.Sequential(*perceptron(784, 256, 128, 10)), IMAGE, 10),
    "a01": (a01, IMAGE, 10),
    "a14": (a14, IMAGE, 10),
    "d01": (lambda: leaky_stages((32,), 6272), IMAGE, 10),
    "d03": (lambda: leaky_stages((32, 64, 128), 2048), IMAGE, 10),
    "b01": (b01, IMAGE, 10),
    "d06": (d06, IMAGE, 10),
    "b05": (Lstm, (12, 6), 0),
    "b06": (b06, (3, 256, 256), 10),
    "vgg16": (vgg16, PHOTOGRAPH, 2),
    "resnet50": (resnet50, PHOTOGRAPH, 2),
}


def is_convolutional(name):
    return len(NETWORKS[name][1]) == 3 and name not in ("mnist_mlp", "a01", "a14")


def optimizer(name, network):
    """What the train block of the model names."""
    trained = [weights for weights in network.parameters() if weights.requires_grad]
    if name == "xnor":
        return torch.optim.SGD(trained, lr=0.1)
    if name == "a01":
        groups = [{"params": trained[:1], "weight_decay": 2e-3}, {"params": trained[1:]}]
        return torch.optim.SGD(groups, lr=1e-3, momentum=0.9)
    options = {"lr": 1e-3, "eps": 1e-7}
    try:
        return torch.optim.Adam(trained, fused=True, **options)
    except (RuntimeError, TypeError):  # before PyTorch 2.4 only on other devices
        return torch.optim.Adam(trained, **options)


def loss_and_target(name, batch):
    classes = NETWORKS[name][2]
    if classes == 0:
        return nn.MSELoss(), torch.rand(batch, 1)
    if classes == 1:
        return nn.BCEWithLogitsLoss(), torch.randint(0, 2, (batch, 1)).float()
    return nn.CrossEntropyLoss(), torch.randint(0, classes, (batch,))


def trained_parameters(network):
    """Their number, without the second biases of LSTM cells."""
    return sum(weights.numel() for name, weights in network.named_parameters()
               if weights.requires_grad and "bias_hh" not in name)
