"""What the measurements were made on and with: the first table of docs/performance.md."""
import platform
import subprocess

from processes import compiler, nndc


def first_line(command):
    """What a program says of its version, or that it is not there."""
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                              check=False)
    except OSError:
        return "not installed"
    lines = done.stdout.strip().splitlines()
    return lines[0] if done.returncode == 0 and lines else "not installed"


def lscpu():
    done = subprocess.run(["lscpu"], stdout=subprocess.PIPE, text=True, check=False)
    pairs = (line.split(":", 1) for line in done.stdout.splitlines() if ":" in line)
    return {name.strip(): value.strip() for name, value in pairs}


def vectors(flags):
    for name, flag in (("AVX-512", "avx512f"), ("AVX2", "avx2"), ("AVX", "avx")):
        if flag in flags.split():
            return name
    return "SSE2"


def installed(package):
    return first_line(["dpkg-query", "-W", "-f", "${Version}", package])


def facts():
    cpu = lscpu()
    return {
        "processor": f"{cpu.get('Model name', platform.processor())} (family {cpu.get('CPU family')}, "
                     f"model {cpu.get('Model')}), {cpu.get('CPU(s)')} cores, {vectors(cpu.get('Flags', ''))}",
        "caches": ", ".join(f"{level} {cpu[level]}" for level in ("L1d cache", "L2 cache", "L3 cache")
                            if level in cpu),
        "system": f"{platform.system()} {platform.release().split('-')[0]}",
        "compiler of nndc's programs": first_line([*compiler(), "--version"]),
        "nndc": first_line([nndc(), "--version"]),
        "libopenblas0-openmp": installed("libopenblas0-openmp"),
        "python3-torch": installed("python3-torch"),
    }
