// What we use of the C interface of sherpa-onnx, found in its library at run
// time. The structs hold the fields up to those that we set; they are made
// much larger and zeroed, so that what later versions append reads as zero.
#include <stdint.h>

typedef struct {
  int32_t sample_rate, feature_dim;
  const char *transducer[3];
  const char *paraformer;
  const char *nemo_ctc;
  struct {
    const char *encoder, *decoder, *language, *task;
    int32_t tail_paddings, token_timestamps, segment_timestamps;
  } whisper;
  const char *tdnn;
  const char *tokens;
  int32_t num_threads, debug;
  const char *provider, *model_type, *modeling_unit, *bpe_vocab, *telespeech_ctc;
  struct {
    const char *model, *language;
    int32_t use_itn;
  } sense_voice;
  char later[4096];
} xq_recognizer_config;

typedef struct {
  struct {
    const char *model;
    float threshold, min_silence, min_speech;
    int32_t window_size;
    float max_speech;
  } silero;
  int32_t sample_rate, num_threads;
  const char *provider;
  int32_t debug;
  char later[1024];
} xq_vad_config;

typedef struct {
  int32_t start;
  float *samples;
  int32_t n;
} xq_segment;

// Each returns NULL (or 0) when the library cannot.
int xq_open(const char *runtime, const char *library);
void *xq_recognizer(int paraformer, const char *model, const char *tokens, int threads);
char *xq_recognize(void *recognizer, const float *samples, int n);
void *xq_vad(const char *model, float seconds);
void xq_vad_accept(void *vad, const float *samples, int n);
void xq_vad_flush(void *vad);
const xq_segment *xq_vad_next(void *vad);
void xq_vad_free(const xq_segment *segment);
void xq_vad_reset(void *vad);
