/* onednn.cpp: times the convolutions and dense layers of a network in oneDNN, batch 1, one after the
 * other, each with a relu in its epilogue and every tensor in the layout that the layer prefers. What
 * lies between (pooling, layout changes, normalization) is left out, so a whole network takes longer.
 *
 *   c++ -O2 bench/onednn.cpp -ldnnl -o onednn && OMP_NUM_THREADS=1 ./onednn 1.0 <layers
 *
 * A line of input is "conv CHANNELS HEIGHT WIDTH FILTERS KERNEL STRIDE PADDING DILATION" or "dense
 * INPUTS OUTPUTS". Prints one JSON line with the median seconds of a pass. */
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <sstream>
#include <string>
#include <unordered_map>
#include <vector>

#include <dnnl.hpp>

using dnnl::memory;

static const auto any = memory::format_tag::any;
static const auto f32 = memory::data_type::f32;

struct Layer {
    dnnl::primitive primitive;
    std::unordered_map<int, memory> arguments;
};

/* Random numbers around zero, so that nothing overflows or sinks to denormals. */
static memory filled(const memory::desc &form, const dnnl::engine &engine)
{
    memory result(form, engine);
    float *values = static_cast<float *>(result.get_data_handle());
    for (size_t i = 0; i < form.get_size() / sizeof(float); i++)
        values[i] = 0.1f * (static_cast<float>(std::rand()) / static_cast<float>(RAND_MAX) - 0.5f);
    return result;
}

static dnnl::primitive_attr relu_after()
{
    dnnl::post_ops after;
    after.append_eltwise(1.0f, dnnl::algorithm::eltwise_relu, 0.0f, 0.0f);
    dnnl::primitive_attr attributes;
    attributes.set_post_ops(after);
    return attributes;
}

template <typename Description>
static Layer layer_of(const Description &form, const dnnl::primitive &primitive, const dnnl::engine &engine)
{
    return {primitive,
            {{DNNL_ARG_SRC, filled(form.src_desc(), engine)},
             {DNNL_ARG_WEIGHTS, filled(form.weights_desc(), engine)},
             {DNNL_ARG_BIAS, filled(form.bias_desc(), engine)},
             {DNNL_ARG_DST, filled(form.dst_desc(), engine)}}};
}

static Layer convolution(std::istream &line, const dnnl::engine &engine)
{
    memory::dim c, h, w, k, extent, stride, pad, dilation;
    line >> c >> h >> w >> k >> extent >> stride >> pad >> dilation;
    memory::dim reach = (extent - 1) * dilation;
    memory::desc source({1, c, h, w}, f32, any), kernel({k, c, extent, extent}, f32, any);
    memory::desc bias({k}, f32, memory::format_tag::x);
    memory::desc result({1, k, (h + 2 * pad - reach - 1) / stride + 1, (w + 2 * pad - reach - 1) / stride + 1},
                        f32, any);
    dnnl::convolution_forward::desc what(dnnl::prop_kind::forward_inference,
                                         dnnl::algorithm::convolution_auto, source, kernel, bias, result,
                                         {stride, stride}, {dilation - 1, dilation - 1}, {pad, pad},
                                         {pad, pad});
    dnnl::convolution_forward::primitive_desc form(what, relu_after(), engine);
    return layer_of(form, dnnl::convolution_forward(form), engine);
}

static Layer dense(std::istream &line, const dnnl::engine &engine)
{
    memory::dim inputs, outputs;
    line >> inputs >> outputs;
    memory::desc source({1, inputs}, f32, any), kernel({outputs, inputs}, f32, any);
    memory::desc bias({outputs}, f32, memory::format_tag::x), result({1, outputs}, f32, any);
    dnnl::inner_product_forward::desc what(dnnl::prop_kind::forward_inference, source, kernel, bias, result);
    dnnl::inner_product_forward::primitive_desc form(what, relu_after(), engine);
    return layer_of(form, dnnl::inner_product_forward(form), engine);
}

static double seconds()
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

int main(int argc, char **argv)
{
    double limit = argc > 1 ? std::atof(argv[1]) : 1.0;
    dnnl::engine engine(dnnl::engine::kind::cpu, 0);
    dnnl::stream stream(engine);
    std::vector<Layer> layers;
    for (std::string text; std::getline(std::cin, text);) {
        std::istringstream line(text);
        std::string kind;
        line >> kind;
        layers.push_back(kind == "conv" ? convolution(line, engine) : dense(line, engine));
    }
    auto pass = [&] {
        double start = seconds();
        for (Layer &layer : layers)
            layer.primitive.execute(stream, layer.arguments);
        stream.wait();
        return seconds() - start;
    };
    for (double end = seconds() + 0.1 * limit; seconds() < end;)
        pass();
    std::vector<double> times;
    for (double end = seconds() + limit; times.size() < 3 || (seconds() < end && times.size() < 20000);)
        times.push_back(pass());
    std::sort(times.begin(), times.end());
    const dnnl_version_t *version = dnnl_version();
    std::printf("{\"version\": \"%d.%d.%d\", \"seconds\": %.6g}\n", version->major, version->minor,
                version->patch, times[times.size() / 2]);
    return 0;
}
